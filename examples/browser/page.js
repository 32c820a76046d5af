import { Policies, PolicyError, RefusedError, templateRows, templates, validatePolicy } from "waiaas";
import { EXAMPLES, CONTEXT, PARAMETERS } from "./examples.js";

const $ = (id) => document.getElementById(id);
const pretty = (value) => JSON.stringify(value, null, 2);
const FIELDS = ["policies", "request", "context"];

/// Each row on a line of its own, unless it is long.
const rowsText = (rows) => `[\n${rows.map((row) => `  ${compact(row)}`).join(",\n")}\n]`;
const compact = ({ type, rules, ...rest }) =>
  pretty({ type, ...rest, rules }).replaceAll("\n", "\n  ").replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner) => `[${inner.replace(/\s+/g, " ")}]`);

function choose() {
  const name = $("template").value;
  $("about").textContent = templates().find((template) => template.name === name).about;
  $("policies").value = rowsText(templateRows(name, PARAMETERS[name] ?? {}));
  judge();
}

function judge() {
  const started = performance.now();
  for (const id of FIELDS) fault(id, "");
  try {
    const documents = Object.fromEntries(FIELDS.map((id) => [id, read(id)]));
    const policies = Policies.compile(documents.policies);
    try {
      show(policies.explain(documents.context, documents.request), ways(policies, documents));
    } finally {
      policies.free();
    }
    for (const [index, { type, rules }] of documents.policies.entries()) {
      for (const { path, message } of validatePolicy(type, rules ?? {})) {
        addFault("policies", `${index}.${path}: ${message}`);
      }
    }
    $("time").textContent = `Compiled, judged and explained in ${(performance.now() - started).toFixed(1)} ms.`;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    blank();
    for (const { path, message } of error.issues) {
      const [field, ...rest] = path.split(".");
      addFault(FIELDS.includes(field) ? field : "policies", [rest.join("."), message].filter(Boolean).join(": "));
    }
  }
}

function read(id) {
  try {
    return JSON.parse($(id).value);
  } catch (error) {
    throw new PolicyError([{ path: id, code: "invalid_type", message: error.message }]);
  }
}

function ways(policies, { context, request }) {
  try {
    return policies.wouldPass(policies.prepare(context, request));
  } catch (error) {
    if (error instanceof RefusedError) return {};
    throw error;
  }
}

const OUTCOMES = {
  INSTANT: ["go", "Allowed at once", "Nobody is asked and nothing is delayed."],
  NOTIFY: ["go", "Allowed, with a notice", "It goes at once, and the operator is told."],
  DELAY: ["wait", "Allowed after a delay", "It can be cancelled while it waits."],
  APPROVAL: ["ask", "Needs the owner", "It goes when the owner has signed."],
};

function show(explanation, passing) {
  const [outcome, word, sentence] = explanation.allowed
    ? OUTCOMES[explanation.tier]
    : ["stop", "Denied", explanation.message ?? (explanation.issues ?? []).map(({ path, message }) => `${path}: ${message}`).join("; ")];
  $("verdict").dataset.outcome = outcome;
  $("word").textContent = word;
  $("sentence").textContent = sentence;
  facts({
    Tier: explanation.tier,
    "Reason code": explanation.why,
    "Denied by": explanation.denied_by,
    Delay: explanation.delay_seconds && duration(explanation.delay_seconds),
    "Owner has": explanation.approval_timeout_seconds && duration(explanation.approval_timeout_seconds),
    Because: { per_tx: "this transaction alone is above a threshold", cumulative_daily: "the daily limit would be exceeded", cumulative_monthly: "the monthly limit would be exceeded" }[explanation.approval_reason],
    Owner: explanation.downgraded ? "none to ask, so it waits instead" : undefined,
    Warning: explanation.cumulative_warning && `$${explanation.cumulative_warning.spent} of the ${explanation.cumulative_warning.type} $${explanation.cumulative_warning.limit}`,
    "Try again in": explanation.retry_after_seconds && duration(explanation.retry_after_seconds),
    Worth: explanation.valuation?.usd && `$${explanation.valuation.usd}`,
  });
  const raised = /at least|raises|DELAY|APPROVAL|NOTIFY/;
  list("trace", explanation.considered, ({ rule, row, outcome: said }, item, index) => {
    const last = index === explanation.considered.length - 1;
    item.className = !explanation.allowed && last ? "refused" : raised.test(said) ? "raised" : row ? "" : "absent";
    item.append(paragraph(strong(rule), ` ${said}`, row ? where(row) : ""));
  });
  const parts = explanation.valuation?.components ?? [];
  $("moves").hidden = parts.length === 0;
  list("moves-list", parts, ({ asset, amount, usd }, item) => {
    item.append(paragraph(strong(usd === null ? "no price" : `$${usd}`), ` ${amount} smallest units of `, code(asset)));
  });
  const found = Object.entries(passing);
  $("ways").hidden = found.length === 0;
  list("ways-list", found, ([way, what], item) => item.append(paragraph(...SENTENCES[way](what))));
}

const SENTENCES = {
  amount: ({ largest, asset, tier }) => ["At most ", strong(largest), " smallest units of ", code(asset), ` (${tier}).`],
  usd: ({ of, largest, tier }) => [`A ${of} worth at most `, strong(`$${largest}`), ` (${tier}).`],
  leverage: ({ largest, tier }) => ["Leverage of at most ", strong(largest), ` (${tier}).`],
  time: ({ earliestIso, tier }) => ["The same request at ", strong(earliestIso), ` (${tier}).`],
  entry: ({ policyId, policyType, field, entry, tier }) => [
    policyId ? "Another entry in " : "A new policy ",
    strong(policyType),
    policyId ? `, ${field}: ` : `, with ${field}: `,
    code(JSON.stringify(entry)),
    tier ? ` (${tier}).` : ". Something else would still refuse it.",
  ],
  owner: ({ tier }) => ["An ", strong("owner"), ` for the wallet, who would be asked (${tier}).`],
};

function facts(all) {
  const parts = Object.entries(all).filter(([, value]) => value !== undefined && value !== null);
  $("facts").replaceChildren(...parts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
}

function list(id, entries, fill) {
  $(id).replaceChildren(
    ...entries.map((entry, index) => {
      const item = element("li");
      fill(entry, item, index);
      return item;
    }),
  );
}

const element = (name, ...content) => {
  const made = document.createElement(name);
  made.append(...content);
  return made;
};
const strong = (text) => element("strong", text);
const code = (text) => element("code", text);
const paragraph = (...content) => element("span", ...content);

function where({ position, network, ceiling, walletId }) {
  const scope = [walletId ? "this wallet" : "every wallet", network, ceiling && "ceiling"].filter(Boolean).join(", ");
  const place = element("div", `policy ${position + 1}, for ${scope}`);
  place.className = "where";
  return place;
}

function duration(seconds) {
  const units = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];
  const [size, name] = units.find(([length]) => seconds % length === 0);
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

function blank() {
  $("verdict").dataset.outcome = "none";
  $("word").textContent = "…";
  $("sentence").textContent = "Something in the documents cannot be read.";
  facts({});
  for (const id of ["trace", "moves-list", "ways-list"]) $(id).replaceChildren();
  for (const id of ["moves", "ways"]) $(id).hidden = true;
}

function fault(id, text) {
  $(`${id}-fault`).textContent = text;
  $(id).classList.toggle("wrong", text !== "");
}

function addFault(id, text) {
  fault(id, [$(`${id}-fault`).textContent, text].filter(Boolean).join("\n"));
}

for (const { name } of templates()) $("template").add(new Option(name.replaceAll("-", " "), name));
for (const [index, { title }] of EXAMPLES.entries()) $("example").add(new Option(title, index));

$("template").addEventListener("change", choose);
$("example").addEventListener("change", () => {
  $("request").value = pretty(EXAMPLES[$("example").value].request);
  judge();
});
for (const id of FIELDS) $(id).addEventListener("input", judge);

$("context").value = pretty(CONTEXT);
$("request").value = pretty(EXAMPLES[0].request);
choose();
