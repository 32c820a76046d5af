import type { Issue } from "./types.js";

/** Documents with faults: one issue for each. */
export class PolicyError extends Error {
  readonly issues: Issue[];
}

/** A request that is refused while it is read, before any policy is asked. */
export class RefusedError extends Error {
  readonly deniedBy: string;
  readonly why: string;
  readonly issues: Issue[];
}
