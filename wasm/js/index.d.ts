import { Policies as Evaluator } from "./evaluator.js";
import type { Context, Diff, Explanation, Issue, PolicyDocument, PolicyType, RequestDocument } from "./types.js";
import type { ScenarioReport, Template, WouldPass } from "./types.js";

export type * from "./types.js";
export { PolicyError, RefusedError, Verdict } from "./evaluator.js";

/** Compiled policies that read requests and explain themselves. */
export class Policies extends Evaluator {
  /** Reads a request and everything around it once. Throws `PolicyError` and `RefusedError`. */
  prepare(context: Context | string, request: RequestDocument | string): Uint8Array;
  /** What would let a denied request pass, each way by itself; `{}` for a request that is allowed. */
  wouldPass(bytes: Uint8Array): WouldPass;
  /** Verdict, every rule that was considered, and what is doubtful about the rows. */
  explain(context: Context | string, request: RequestDocument | string): Explanation;
}

/** What changes when one list of rows replaces another. */
export function diff(
  before: PolicyDocument[] | string,
  after: PolicyDocument[] | string,
  context?: Context | Context[] | string,
): Diff;
/** What is wrong with the rules of a policy that is to be made: nothing, or issues with paths. */
export function validatePolicy(type: PolicyType, rules: object | string): Issue[];
/** The templates. */
export function templates(): Template[];
/** The rows that a template makes. */
export function templateRows(name: string, parameters?: Record<string, unknown>): PolicyDocument[];
/** Runs a file of cases. */
export function runScenario(document: object | string): ScenarioReport;
