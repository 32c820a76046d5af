// Time for a decision from a byte buffer, beside Cedar's own WebAssembly build in the same run, and the sizes that
// programs download: `cargo npm`, `npm install --prefix target/tools/cedar @cedar-policy/cedar-wasm@4.13.0`, then
// `node wasm/bench/bench.mjs`. Cedar is given comparable questions: one request, three policies that are parsed in advance.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { load, folder } from "../tests/package.mjs";

const require = createRequire(new URL("../../target/tools/cedar/node_modules/", import.meta.url));
const cedar = require("@cedar-policy/cedar-wasm/nodejs");
const full = await load("full/node.js");
const evaluator = await load("evaluator/node.js");

const RECIPIENT = "0x1000000000000000000000000000000000000001";
const ROWS = [
  { type: "WHITELIST", rules: { allowed_addresses: [RECIPIENT, "0x2000000000000000000000000000000000000002"] } },
  { type: "SPENDING_LIMIT", rules: { instant_max_usd: 10, delay_max_usd: 100, delay_seconds: 600, daily_limit_usd: 500 } },
  { type: "RATE_LIMIT", rules: { max_requests: 60, window_seconds: 3600 } },
];
const CONTEXT = { prices: { "eip155:1/slip44:60": "2000" } };

const maker = full.Policies.compile(ROWS);
const bytes = maker.prepare(CONTEXT, { to: RECIPIENT, humanAmount: "0.025" });
const denied = maker.prepare(CONTEXT, { to: RECIPIENT.replace("1", "3"), humanAmount: "0.025" });
const policies = evaluator.Policies.compile(ROWS);
const many = Array.from({ length: 1_000 }, () => bytes);

const CEDAR = `
  permit(principal, action == Action::"send", resource) when {
    context.to == "${RECIPIENT}" || context.to == "0x2000000000000000000000000000000000000002"
  };
  forbid(principal, action == Action::"send", resource) when { context.usd > 100 || context.spent + context.usd > 500 };
  forbid(principal, action == Action::"send", resource) when { context.requests >= 60 };
`;
const call = {
  principal: { type: "Wallet", id: "w1" },
  action: { type: "Action", id: "send" },
  resource: { type: "Network", id: "ethereum-mainnet" },
  context: { to: RECIPIENT, usd: 50, spent: 0, requests: 0 },
  entities: [],
};
const parsed = cedar.preparsePolicySet("bench", { staticPolicies: CEDAR });
if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
const stateful = { ...call, preparsedPolicySetId: "bench", preparsedSchemaName: null, validateRequest: false };
const answer = cedar.statefulIsAuthorized(stateful);
if (answer.response?.decision !== "allow") throw new Error(JSON.stringify(answer));

/// Microseconds of one call, in the least disturbed of many short rounds.
function time(run, each = 1) {
  for (let warm = performance.now(); performance.now() - warm < 300; ) run();
  let best = Infinity;
  for (let round = 0; round < 200; round += 1) {
    let count = 0;
    const start = performance.now();
    while (performance.now() - start < 3) {
      for (let inner = 0; inner < 10; inner += 1) run();
      count += 10;
    }
    best = Math.min(best, ((performance.now() - start) * 1000) / count / each);
  }
  return best;
}

const size = (file) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;
const cedarWasm = require.resolve("@cedar-policy/cedar-wasm/nodejs").replace(/\.js$/, "_bg.wasm");
const ours = time(() => policies.evaluate(bytes));
const theirs = time(() => cedar.statefulIsAuthorized(stateful));
const results = {
  "decision from bytes, allowed (µs)": ours,
  "decision from bytes, denied (µs)": time(() => policies.evaluate(denied)),
  "decision from bytes, of 1000 at once (µs)": time(() => policies.evaluateMany(many), many.length),
  "decision with trace and valuation as text (µs)": time(() => policies.decide(bytes)),
  "document read and judged (µs)": time(() => maker.evaluate(maker.prepare(CONTEXT, { to: RECIPIENT, humanAmount: "0.025" }))),
  "Cedar, policies parsed in advance (µs)": theirs,
  "Cedar / ours": theirs / ours,
  "evaluator, gzip (bytes)": size("evaluator/waiaas_bg.wasm"),
  "everything, gzip (bytes)": size("full/waiaas_bg.wasm"),
  "Cedar, gzip (bytes)": gzipSync(readFileSync(cedarWasm), { level: 9 }).length,
};
for (const [name, value] of Object.entries(results)) {
  console.log(`${name.padEnd(50)} ${Number.isInteger(value) ? value : value.toFixed(2)}`);
}
