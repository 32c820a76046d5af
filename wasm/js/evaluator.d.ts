import type { ApprovalReason, DeniedBy, PolicyDocument, ReasonCode, Tier, Window } from "./types.js";

export type * from "./types.js";
export { PolicyError, RefusedError } from "./errors.js";

/** What the policies say to one request. */
export class Verdict {
  private constructor();
  readonly allowed: boolean;
  readonly tier: Tier | null;
  readonly delaySeconds: number | null;
  readonly approvalTimeoutSeconds: number | null;
  readonly approvalReason: ApprovalReason | null;
  readonly downgraded: boolean;
  readonly cumulativeWarning: Window | null;
  readonly deniedBy: DeniedBy | null;
  readonly reason: ReasonCode | null;
}

/** Compiled policies. Documents are objects or their JSON texts; a BigInt in an object becomes a text. */
export class Policies {
  protected constructor(book: never);
  /** Throws `PolicyError`. */
  static compile<T extends typeof Policies>(this: T, policies: PolicyDocument[] | string): T["prototype"];
  /** Judges a prepared request. */
  evaluate(bytes: Uint8Array): Verdict;
  /** Judges many prepared requests at once. */
  evaluateMany(requests: readonly Uint8Array[]): Verdict[];
  /** The canonical JSON text of the decision: verdict, trace and valuation. The same bytes in every language. */
  decide(bytes: Uint8Array): string;
  /** Gives the memory back at once. */
  free(): void;
}
