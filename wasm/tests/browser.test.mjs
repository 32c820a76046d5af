import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { vectors } from "./expected.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const require = createRequire(new URL("../../target/tools/playwright/node_modules/", import.meta.url));
const { chromium } = require("playwright-core");

let server, address, browser, profile;

before(async () => {
  const script = fileURLToPath(new URL("../../examples/browser/serve.mjs", import.meta.url));
  server = spawn(process.execPath, [script, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  address = String((await once(server.stdout, "data"))[0]).trim();
  profile = await mkdtemp(join(tmpdir(), "waiaas-browser-"));
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.WAIAAS_CHROMIUM ?? "/usr/bin/chromium",
    args: [...FLAGS, "--disable-component-update", "--disable-sync"],
    viewport: { width: 1280, height: 960 },
  });
});

after(async () => {
  await browser?.close();
  server?.kill();
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

async function open(path) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(address + path);
  return { page, errors };
}

test("every vector is decided in a browser as it is natively", async () => {
  const { page, errors } = await open("");
  const source = await readFile(new URL("./compare.js", import.meta.url), "utf8");
  const cases = [];
  for await (const given of vectors()) cases.push(given);
  const differences = await page.evaluate(
    async ([source, cases]) => {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const { compare } = await import(url);
      const waiaas = await import(new URL("waiaas/full/bundler.js", location.href));
      return cases.flatMap((given) => compare(waiaas, given));
    },
    [source, cases],
  );
  assert.deepEqual(differences, []);
  assert.deepEqual(errors, []);
  assert.ok(cases.length > 430, `${cases.length} vectors`);
  console.log(`${cases.length} policy vectors in Chromium, bytes of decisions as natively`);
  await page.close();
});

test("the example judges what is typed, and shows the way to the verdict", async () => {
  const { page, errors } = await open("");
  const word = page.locator("#word");
  const says = (text) => word.filter({ hasText: text }).waitFor({ timeout: 5_000 });
  await page.locator("#policies").fill(
    JSON.stringify([
      { type: "SPENDING_LIMIT", rules: { instant_max_usd: "10", delay_max_usd: "100", delay_seconds: 600 } },
      { type: "WHITELIST", rules: { allowed_addresses: ["0x2000000000000000000000000000000000000002"] } },
    ]),
  );
  const request = (to, humanAmount) => JSON.stringify({ type: "TRANSFER", to, humanAmount });
  await page.locator("#request").fill(request("0x2000000000000000000000000000000000000002", "0.025"));
  await says("Allowed after a delay");
  assert.match(await page.locator("#facts").innerText(), /10 minutes[\s\S]*\$50/);
  assert.match(await page.locator("#trace").innerText(), /SPENDING_LIMIT/);
  await page.locator("#request").fill(request("0x1000000000000000000000000000000000000001", "0.025"));
  await says("Denied");
  assert.match(await page.locator("#trace li.refused").innerText(), /WHITELIST/);
  assert.match(await page.locator("#ways-list").innerText(), /0x1000000000000000000000000000000000000001/);
  await page.locator("#policies").fill('[{ "type": "WHITELST", "rules": {} }]');
  await page.locator("#policies-fault").filter({ hasText: "0.type" }).waitFor({ timeout: 5_000 });
  await page.locator("#policies").fill("[");
  await page.locator("#policies-fault").filter({ hasText: "JSON" }).waitFor({ timeout: 5_000 });
  for (const template of await page.locator("#template option").evaluateAll((all) => all.map(({ value }) => value))) {
    await page.locator("#template").selectOption(template);
    await page.locator("#verdict:not([data-outcome=none])").waitFor({ timeout: 5_000 });
    assert.equal(await page.locator("#policies-fault").innerText(), "", template);
  }
  await page.locator("#template").selectOption("personal-agent");
  await page.locator("#example").selectOption("2");
  await says("Needs the owner");
  if (process.env.WAIAAS_SCREENSHOT) await page.screenshot({ path: process.env.WAIAAS_SCREENSHOT, fullPage: true });
  assert.deepEqual(errors, []);
  await page.close();
});
