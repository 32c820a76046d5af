// Judges requests in this process: `node examples/node/judge.mjs`, after `cargo npm` has built the package.
// A program of its own would `import … from "waiaas"`.

import { Policies, RefusedError } from "../../target/npm/waiaas/full/node.js";

const FRIEND = "0x1000000000000000000000000000000000000001";

const policies = Policies.compile([
  { type: "SPENDING_LIMIT", rules: { instant_max_usd: "10", delay_max_usd: "100", delay_seconds: 600 } },
  { type: "WHITELIST", rules: { allowed_addresses: [FRIEND] } },
]);
const context = { network: "ethereum-mainnet", prices: { "eip155:1/slip44:60": "2000" } };

for (const request of [
  { to: FRIEND, humanAmount: "0.004" },
  // Amounts are exact: a BigInt counts smallest units.
  { to: FRIEND, amount: 25_000_000_000_000_000n },
  { to: FRIEND, humanAmount: "3" },
  { to: FRIEND.replace("1", "2"), humanAmount: "0.004" },
  { to: "somebody", humanAmount: "1" },
]) {
  const amount = request.humanAmount ?? `${request.amount} wei`;
  try {
    const bytes = policies.prepare(context, request);
    const verdict = policies.evaluate(bytes);
    const said = verdict.allowed ? verdict.tier : `denied by ${verdict.deniedBy} (${verdict.reason})`;
    console.log(`${amount} to ${request.to}: ${said}`);
    if (!verdict.allowed) console.log(`  would pass: ${JSON.stringify(policies.wouldPass(bytes))}`);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    console.log(`${amount} to ${request.to}: refused, ${error.message}`);
  }
}
