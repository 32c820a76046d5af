// What the engine decides natively: the lines of the program that `WAIAAS_EXPECTED` names.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const VECTORS = fileURLToPath(new URL("../../tests/vectors/policy", import.meta.url));

export function vectors() {
  return lines(["vectors", VECTORS]);
}

export function generated(seed, count) {
  return lines(["generated", String(seed), String(count)]);
}

async function* lines(args) {
  const program = process.env.WAIAAS_EXPECTED;
  if (!program) throw new Error("WAIAAS_EXPECTED names no program: `cargo verify` builds it and runs this test");
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
  const code = await ended;
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
