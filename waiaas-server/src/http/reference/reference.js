"use strict";
// The reference page: reads /doc and shows every route with its schemas, a form to try it, and the curl
// line that does the same. Everything is built from DOM nodes; no text of the service becomes markup.

const METHODS = ["get", "post", "put", "patch", "delete"];

// How each security scheme shows, and where its credential goes. `shell` stands in for the secret in curl lines.
const SCHEMES = {
  masterAuth: { label: "master password", kind: "master", header: "X-Master-Password", shell: "$WAIAAS_MASTER_PASSWORD" },
  sessionAuth: { label: "session token", kind: "session", header: "Authorization", prefix: "Bearer ", shell: "$WAIAAS_SESSION_TOKEN" },
  ownerAuth: { label: "owner signature", kind: "owner", header: "X-Owner-Signature", shell: "$OWNER_SIGNATURE" },
};

const credentials = new Map();
let doc = null;

// ---- DOM helpers ----

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const byId = (id) => document.getElementById(id);

// Text in which `backticks` mean code.
function prose(text) {
  return (text || "").split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));
}

// ---- Schemas ----

function resolve(schema) {
  if (schema && schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return { ...(doc.components.schemas[name] || {}), title: name };
  }
  if (schema && schema.allOf && schema.allOf.length === 1) {
    const { allOf, ...rest } = schema;
    return { ...resolve(allOf[0]), ...rest };
  }
  return schema || {};
}

function typeName(raw) {
  const schema = resolve(raw);
  const nullable = schema.nullable ? " or null" : "";
  if (schema.oneOf) return schema.oneOf.map(typeName).join(" | ") + nullable;
  if (schema.type === "array") return `list of ${typeName(schema.items)}` + nullable;
  if (schema.title && schema.type === "object") return schema.title + nullable;
  const format = schema.format && schema.format !== "int64" ? ` (${schema.format})` : "";
  return (schema.type === "integer" ? "whole number" : schema.type || "any JSON") + format + nullable;
}

function limits(schema) {
  const parts = [];
  if (schema.enum) parts.push("one of " + schema.enum.join(", "));
  if (schema.minimum !== undefined) parts.push(`≥ ${schema.minimum}`);
  if (schema.maximum !== undefined) parts.push(`≤ ${schema.maximum}`);
  if (schema.minLength !== undefined) parts.push(`at least ${schema.minLength} characters`);
  if (schema.maxLength !== undefined) parts.push(`at most ${schema.maxLength} characters`);
  if (schema.pattern) parts.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts.join("; ");
}

// The parts of a schema that have members of their own to show.
function inner(raw) {
  const schema = resolve(raw);
  if (schema.type === "array") return inner(schema.items);
  if (schema.oneOf) return schema.oneOf.map(resolve).filter((part) => part.properties || part.oneOf);
  return schema.properties ? [schema] : [];
}

function schemaView(raw, depth = 0) {
  const schema = resolve(raw);
  const view = el("div", { class: "schema" });
  if (schema.oneOf) {
    schema.oneOf.forEach((part, index) => {
      const name = resolve(part).title || `form ${index + 1}`;
      view.append(el("details", { class: "nested", open: index === 0 && depth === 0 }, el("summary", {}, name), schemaView(part, depth + 1)));
    });
    return view;
  }
  if (schema.type === "array") {
    view.append(el("p", {}, `List of ${typeName(schema.items)}`), schemaView(schema.items, depth));
    return view;
  }
  if (!schema.properties) {
    view.append(el("p", {}, ...prose([typeName(schema), limits(schema), schema.description].filter(Boolean).join(" — "))));
    return view;
  }
  if (schema.description && depth > 0) view.append(el("p", {}, ...prose(schema.description)));
  const table = el("table", {}, el("tbody"));
  const needs = (name) => (schema.required || []).includes(name);
  // What must be given comes first.
  const members = Object.entries(schema.properties).sort(([a], [b]) => needs(b) - needs(a));
  for (const [name, property] of members) {
    const resolved = resolve(property);
    const needed = needs(name);
    const text = el("td", {}, ...prose(property.description || resolved.description));
    const bounds = limits(resolved);
    if (bounds) text.append(el("div", { class: "type" }, bounds));
    if (depth < 5) {
      for (const part of inner(property)) {
        text.append(el("details", { class: "nested" }, el("summary", {}, part.title || "members"), schemaView(part, depth + 1)));
      }
    }
    table.tBodies[0].append(
      el("tr", {},
        el("td", {}, el("code", { class: needed ? "required" : "" }, name), el("div", { class: "type" }, typeName(property))),
        text));
  }
  view.append(table);
  return view;
}

function example(raw, depth = 0) {
  const schema = resolve(raw);
  if (schema.example !== undefined) return schema.example;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf) return example(schema.oneOf[0], depth);
  if (schema.type === "array") return depth > 3 ? [] : [example(schema.items, depth + 1)];
  if (schema.properties) {
    const required = schema.required || [];
    const names = required.length > 0 || depth > 0 ? required : Object.keys(schema.properties).slice(0, 3);
    return Object.fromEntries(names.map((name) => [name, example(schema.properties[name], depth + 1)]));
  }
  if (schema.type === "object") return {};
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum || 0;
  if (schema.format === "uuid") return "00000000-0000-0000-0000-000000000000";
  return schema.type === "string" ? "" : null;
}

// ---- Requests ----

function schemesOf(operation) {
  return (operation.security || []).flatMap((choice) => Object.keys(choice));
}

// The scheme whose credential was entered, else the first that the route takes.
function chosenScheme(operation) {
  const schemes = schemesOf(operation);
  return schemes.find((scheme) => credentials.get(scheme)) || schemes[0];
}

function headersFor(operation, parameters, hasBody, secrets) {
  const headers = [];
  const scheme = SCHEMES[chosenScheme(operation)];
  if (scheme) {
    const secret = secrets ? credentials.get(chosenScheme(operation)) : scheme.shell;
    if (secret) headers.push([scheme.header, (scheme.prefix || "") + secret]);
  }
  for (const [parameter, input] of parameters) {
    if (parameter.in === "header" && input.value) headers.push([parameter.name, input.value]);
  }
  if (hasBody) headers.push(["Content-Type", "application/json"]);
  return headers;
}

function urlFor(path, parameters) {
  let url = path;
  const query = new URLSearchParams();
  for (const [parameter, input] of parameters) {
    if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value) || `{${parameter.name}}`);
    else if (parameter.in === "query" && input.value) query.set(parameter.name, input.value);
  }
  const text = query.toString();
  return text ? `${url}?${text}` : url;
}

function shellQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curlLine(method, path, operation, parameters, body) {
  const parts = [`curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} ${shellQuoted(location.origin + urlFor(path, parameters))}`];
  for (const [name, value] of headersFor(operation, parameters, Boolean(body), false)) {
    // Double quotes only where the shell shall put a secret in.
    const secret = Object.values(SCHEMES).some((scheme) => value.endsWith(scheme.shell));
    parts.push(secret ? `-H "${name}: ${value}"` : `-H ${shellQuoted(`${name}: ${value}`)}`);
  }
  if (body) parts.push(`-d ${shellQuoted(compact(body))}`);
  return parts.join(" \\\n  ");
}

function compact(json) {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

async function send(method, url, headers, body, show) {
  const began = performance.now();
  try {
    const response = await fetch(url, { method: method.toUpperCase(), headers, body: body || undefined, cache: "no-store" });
    const text = await response.text();
    let pretty = text;
    try {
      pretty = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Shown as it came.
    }
    const facts = ["x-request-id", "retry-after", "idempotent-replayed"]
      .filter((name) => response.headers.has(name))
      .map((name) => `${name}: ${response.headers.get(name)}`);
    show(response.status, `${Math.round(performance.now() - began)} ms   ${facts.join("   ")}`, pretty || "(no body)");
  } catch (error) {
    show(0, "", `The service was not reached: ${error.message}`);
  }
}

// ---- One route ----

function tryForm(method, path, operation) {
  const list = operation.parameters || [];
  const parameters = list.map((parameter) => [parameter, el("input", { class: "mono", placeholder: typeName(parameter.schema), spellcheck: false, autocomplete: "off" })]);
  const hasBody = Boolean(operation.requestBody);
  const schema = hasBody ? operation.requestBody.content["application/json"].schema : null;
  const body = hasBody ? el("textarea", { spellcheck: false, value: JSON.stringify(example(schema), null, 2), "aria-label": "Request body" }) : null;
  const curl = el("pre");
  const result = el("div", { class: "hidden" });
  const refresh = () => { curl.textContent = curlLine(method, path, operation, parameters, body && body.value); };
  const copied = el("span", { class: "note" });

  const button = el("button", { type: "submit", class: "primary" }, "Send");
  const form = el("form", {
    class: "try",
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      const text = body ? body.value : "";
      await send(method, urlFor(path, parameters), headersFor(operation, parameters, Boolean(text), true), text, (status, facts, shown) => {
        result.className = "";
        result.replaceChildren(
          el("div", { class: "bar" }, el("span", { class: `status s${String(status)[0]}` }, status || "no answer"), el("span", { class: "note" }, facts)),
          el("pre", {}, shown));
      });
      button.disabled = false;
    },
    oninput: refresh,
  });
  if (parameters.length > 0) {
    form.append(el("div", { class: "fields" }, ...parameters.map(([parameter, input]) => {
      input.required = parameter.in === "path";
      const title = el("b", { class: parameter.required ? "required" : "" }, parameter.name);
      return el("label", {}, title, ` ${parameter.in} `, ...prose(parameter.description), input);
    })));
  }
  if (body) form.append(body);
  form.append(
    el("div", { class: "bar" }, button,
      el("button", { type: "button", onclick: async () => {
        await navigator.clipboard.writeText(curl.textContent);
        copied.textContent = "copied";
        setTimeout(() => { copied.textContent = ""; }, 1500);
      } }, "Copy curl"), copied),
    curl, result);
  refresh();
  document.addEventListener("credentials", refresh);
  return form;
}

function answersView(operation) {
  const view = el("div", { class: "answers" });
  for (const [status, answer] of Object.entries(operation.responses)) {
    const codes = answer["x-error-codes"];
    const title = el("summary", {}, el("span", { class: `status s${status[0]}` }, status));
    if (codes) {
      title.append(el("span", { class: "codes" }, ...codes.map((code) => el("code", {}, code))));
    } else {
      title.append(...prose(answer.description));
    }
    const schema = answer.content && answer.content["application/json"].schema;
    view.append(el("details", { open: !codes && Boolean(schema) }, title, schema ? schemaView(schema) : null));
  }
  return view;
}

function badges(operation) {
  const schemes = schemesOf(operation);
  if (schemes.length === 0) return [el("span", { class: "badge public" }, "public")];
  return schemes.map((scheme) => el("span", { class: `badge ${SCHEMES[scheme].kind}` }, SCHEMES[scheme].label));
}

function routeView(method, path, operation) {
  const view = el("details", { class: "route", id: operation.operationId },
    el("summary", {},
      el("span", { class: `method ${method}` }, method.toUpperCase()),
      el("span", { class: "path" }, path),
      el("span", { class: "what" }, ...prose(operation.summary)),
      ...badges(operation)));
  // Filled when it is opened for the first time: most routes never are.
  view.addEventListener("toggle", () => {
    if (!view.open || view.querySelector(".inside")) return;
    const inside = el("div", { class: "inside" });
    if (operation.description) inside.append(el("p", {}, ...prose(operation.description)));
    if (operation.requestBody) {
      const schema = operation.requestBody.content["application/json"].schema;
      inside.append(el("h3", {}, operation.requestBody.required ? "Body" : "Body (may be left out)"), schemaView(schema));
    }
    inside.append(el("h3", {}, "Try it"), tryForm(method, path, operation), el("h3", {}, "Answers"), answersView(operation));
    view.append(inside);
  });
  return view;
}

// ---- The page ----

function credentialFields() {
  const fields = byId("credential-fields");
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    const input = el("input", {
      type: "password", class: "mono", autocomplete: "off", spellcheck: false, placeholder: scheme.prefix ? "wai_sess_…" : "",
      oninput: () => {
        credentials.set(name, input.value.trim());
        document.dispatchEvent(new Event("credentials"));
      },
    });
    fields.append(el("label", {}, el("b", {}, scheme.label), ` ${scheme.header}`, input));
  }
}

function build() {
  byId("title").textContent = doc.info.title;
  byId("description").textContent = doc.info.description || "";
  const groups = new Map((doc.tags || []).map((tag) => [tag.name, []]));
  let count = 0;
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const method of METHODS.filter((name) => methods[name])) {
      const operation = methods[method];
      const tag = (operation.tags || ["Other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([method, path, operation]);
      count += 1;
    }
  }
  byId("facts").append(`Version ${doc.info.version} · ${count} routes · OpenAPI ${doc.openapi} at `, el("a", { href: "/doc" }, "/doc"));
  for (const [tag, routes] of groups) {
    const links = el("div", {}, el("h2", {}, tag));
    const section = el("section", {}, el("h2", {}, tag));
    for (const [method, path, operation] of routes) {
      section.append(routeView(method, path, operation));
      links.append(el("a", { href: `#${operation.operationId}`, title: operation.summary || "" },
        el("span", { class: `method ${method}` }, method.toUpperCase()),
        el("span", { class: "path" }, path.replace(/^\/v1/, "") || "/")));
    }
    byId("routes").append(links);
    byId("groups").append(section);
  }
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  for (const link of byId("routes").querySelectorAll("a")) {
    link.classList.toggle("current", link.getAttribute("href") === `#${id}`);
  }
  const target = id && byId(id);
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
}

function filterRoutes(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of byId("routes").children) {
    let shown = 0;
    for (const link of group.querySelectorAll("a")) {
      const content = `${link.textContent} ${link.title}`.toLowerCase();
      const hit = words.every((word) => content.includes(word));
      link.classList.toggle("hidden", !hit);
      shown += hit ? 1 : 0;
    }
    group.classList.toggle("hidden", shown === 0);
  }
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try {
    chosen = localStorage.getItem("waiaas-reference-theme");
  } catch {
    // Storage may be switched off; the system's choice counts then.
  }
  setTheme(chosen || (dark.matches ? "dark" : "light"));
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    setTheme(next);
    try {
      localStorage.setItem("waiaas-reference-theme", next);
    } catch {
      // As above.
    }
  });
}

async function start() {
  startTheme();
  credentialFields();
  try {
    const response = await fetch("/doc");
    if (!response.ok) throw new Error(`status ${response.status}`);
    doc = await response.json();
  } catch (error) {
    byId("description").textContent = `The description of the API could not be loaded: ${error.message}`;
    return;
  }
  build();
  byId("filter").addEventListener("input", (event) => filterRoutes(event.target.value));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      byId("filter").focus();
    }
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
}

start();
