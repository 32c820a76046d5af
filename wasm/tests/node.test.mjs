import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "./compare.js";
import { generated, vectors } from "./expected.mjs";
import { load } from "./package.mjs";

const waiaas = await load("full/node.js");
const evaluator = await load("evaluator/node.js");
const { offset } = await load("full/zones.js");

const WHITELIST = [
  { type: "WHITELIST", rules: { allowed_addresses: ["0x1000000000000000000000000000000000000001"] } },
  { type: "SPENDING_LIMIT", rules: { instant_max_usd: 10, delay_max_usd: 100, delay_seconds: 600 } },
];
const CONTEXT = { prices: { "eip155:1/slip44:60": "2000" } };
const to = (last) => `0x${"1".padEnd(39, "0")}${last}`;

async function all(cases, module) {
  const differences = [];
  let count = 0;
  for await (const given of cases) {
    differences.push(...compare(module, given));
    count += 1;
    if (differences.length > 10) break;
  }
  assert.deepEqual(differences, []);
  return count;
}

test("every vector is decided as it is natively", async () => {
  const count = await all(vectors(), waiaas);
  assert.ok(count > 430, `${count} vectors`);
  console.log(`${count} policy vectors, bytes of decisions as natively`);
});

test("generated cases are decided as they are natively", async () => {
  const wanted = Number(process.env.WAIAAS_GENERATED_CASES ?? 100_000);
  const seed = process.env.WAIAAS_GENERATED_SEED ?? 7;
  // The small form: it must not differ either.
  assert.equal(await all(generated(seed, wanted), evaluator), wanted);
  console.log(`${wanted} generated cases, bytes of decisions as natively`);
});

test("time zones are those of the world", () => {
  const at = (text) => BigInt(Date.parse(text));
  for (const [zone, instant, expected] of [
    // The last Sundays of March and October 2026, 01:00 UTC (Directive 2000/84/EC).
    ["Europe/Paris", "2026-03-29T00:59:59.999Z", 3600],
    ["Europe/Paris", "2026-03-29T01:00:00Z", 7200],
    ["Europe/Paris", "2026-10-25T00:59:59Z", 7200],
    ["Europe/Paris", "2026-10-25T01:00:00Z", 3600],
    ["America/New_York", "2026-03-08T06:59:59Z", -18_000],
    ["America/New_York", "2026-03-08T07:00:00Z", -14_400],
    ["Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700],
    ["Asia/Seoul", "1969-12-31T23:59:59.999Z", 32_400],
    ["Mars/Olympus", "2026-01-01T00:00:00Z", undefined],
    ["+01:00", "2026-01-01T00:00:00Z", undefined],
    ["", "2026-01-01T00:00:00Z", undefined],
  ]) {
    assert.equal(offset(zone, at(instant)), expected, `${zone} at ${instant}`);
  }
});

test("a rule in a time zone follows its summer time", () => {
  const rules = { allowed_hours: { start: 9, end: 17 }, timezone: "Europe/Paris" };
  const policies = waiaas.Policies.compile([...WHITELIST, { type: "TIME_RESTRICTION", rules }]);
  const allowed = (now) => policies.explain({ ...CONTEXT, now }, { to: to(1), humanAmount: "0.001" }).allowed;
  assert.equal(allowed("2026-03-27T07:30:00Z"), false);
  assert.equal(allowed("2026-03-30T07:30:00Z"), true);
});

test("a request is prepared, judged and explained", () => {
  const policies = waiaas.Policies.compile(WHITELIST);
  const request = { to: to(1), humanAmount: "0.025" };
  const verdict = policies.evaluate(policies.prepare(CONTEXT, request));
  assert.deepEqual([verdict.allowed, verdict.tier, verdict.delaySeconds], [true, "DELAY", 600]);
  const explanation = policies.explain(CONTEXT, request);
  assert.equal(explanation.tier, "DELAY");
  assert.deepEqual(explanation.considered.filter(({ row }) => row).map(({ rule }) => rule).sort(), ["SPENDING_LIMIT", "WHITELIST"]);
});

test("a denial says what would pass", () => {
  const policies = waiaas.Policies.compile(WHITELIST);
  const denied = policies.prepare(CONTEXT, { to: to(2), humanAmount: "0.001" });
  assert.equal(policies.evaluate(denied).reason, "WHITELIST_DENIED");
  assert.ok("entry" in policies.wouldPass(denied));
  assert.deepEqual(policies.wouldPass(policies.prepare(CONTEXT, { to: to(1), humanAmount: "0.001" })), {});
});

test("amounts are exact, as BigInt and as texts, and never as unsafe numbers", () => {
  const policies = waiaas.Policies.compile(WHITELIST);
  const amount = 123_456_789_012_345_678_901n;
  const bytes = policies.prepare(CONTEXT, { to: to(1), amount });
  assert.equal(JSON.parse(policies.decide(bytes)).valuation.components[0].amount, amount.toString());
  assert.deepEqual(bytes, policies.prepare(CONTEXT, { to: to(1), amount: amount.toString() }));
  assert.throws(() => policies.prepare(CONTEXT, { to: to(1), amount: 2 ** 60 }), TypeError);
});

test("faults of documents come with their places", () => {
  const paths = (run) => {
    try {
      run();
    } catch (error) {
      assert.ok(error instanceof waiaas.PolicyError, String(error));
      return error.issues.map(({ path }) => path);
    }
    return null;
  };
  assert.deepEqual(paths(() => waiaas.Policies.compile([{ type: "WHITELST", rules: {} }])), ["policies.0.type"]);
  assert.deepEqual(paths(() => waiaas.Policies.compile("[")), ["policies"]);
  const policies = waiaas.Policies.compile(WHITELIST);
  assert.deepEqual(paths(() => policies.prepare({ nwo: 1 }, { to: to(1), amount: "1" })), ["context.nwo"]);
  assert.throws(() => policies.prepare(CONTEXT, { to: "0x12", amount: "1" }), waiaas.RefusedError);
  assert.notEqual(paths(() => policies.evaluate(new Uint8Array([1, 2, 3]))), null);
  assert.notEqual(paths(() => policies.evaluateMany([new Uint8Array(9)])), null);
});

test("rules are checked with the places of what is wrong", () => {
  assert.deepEqual(waiaas.validatePolicy("RATE_LIMIT", { max_requests: 3, window_seconds: 60 }), []);
  const [issue] = waiaas.validatePolicy("RATE_LIMIT", { max_requests: 0, window_seconds: 60 });
  assert.equal(issue.path, "rules.max_requests");
  const hours = { allowed_hours: { start: 9, end: 17 }, timezone: "Mars/Olympus" };
  assert.equal(waiaas.validatePolicy("TIME_RESTRICTION", hours)[0].path, "rules.timezone");
});

test("templates make rows that run", () => {
  const names = waiaas.templates().map(({ name }) => name);
  assert.ok(names.includes("personal-agent"), names.join());
  const rows = waiaas.templateRows("personal-agent", { instant_usd: "5" });
  const context = CONTEXT;
  const cases = [{ name: "small", request: { to: to(1), humanAmount: "0.001" }, expect: { tier: "INSTANT" } }];
  assert.equal(waiaas.runScenario({ policies: rows, context, cases }).passed, true);
  const changes = waiaas.diff(rows, waiaas.templateRows("personal-agent", { instant_usd: "1" }), context);
  assert.ok(changes.groups.length > 0);
});

test("requests of any size follow each other", () => {
  const policies = waiaas.Policies.compile(WHITELIST);
  const bytes = policies.prepare(CONTEXT, { to: to(1), humanAmount: "0.001" });
  const calls = Array.from({ length: 2_000 }, () => ({ to: to(1), value: "1" }));
  const long = policies.prepare(CONTEXT, { type: "USEROP", calls });
  for (let round = 0; round < 50; round += 1) {
    assert.equal(policies.evaluate(bytes).tier, "INSTANT");
    policies.evaluate(long);
    assert.equal(policies.evaluateMany([long, bytes, bytes])[2].tier, "INSTANT");
  }
});
