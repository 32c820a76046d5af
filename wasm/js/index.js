// Everything: the evaluator, and the tools for people who write policies.

import * as raw from "./waiaas.js";
import { Policies as Evaluator } from "./evaluator.js";
import { guarded, textOf } from "./errors.js";

export { PolicyError, RefusedError, Verdict } from "./evaluator.js";

/// Compiled policies that read requests and explain themselves.
export class Policies extends Evaluator {
  /// Reads a request and everything around it once: the bytes that the other methods judge. Throws `PolicyError` for
  /// faults of the documents, `RefusedError` for a request that comes to no policy.
  prepare(context, request) {
    return guarded(() => this._book.prepare(textOf(context), textOf(request)));
  }

  /// What would let a denied request pass, each way by itself; `{}` for a request that is allowed.
  wouldPass(bytes) {
    this._put(bytes);
    return JSON.parse(guarded(() => this._book.wouldPass()));
  }

  /// Verdict, every rule that was considered, and what is doubtful about the rows.
  explain(context, request) {
    return JSON.parse(guarded(() => this._book.explain(textOf(context), textOf(request))));
  }
}

/// What changes when one list of rows replaces another, found by trying requests at their edges.
export function diff(before, after, context = {}) {
  return JSON.parse(guarded(() => raw.diff(textOf(before), textOf(after), textOf(context))));
}

/// What is wrong with the rules of a policy that is to be made: nothing, or issues with paths.
export function validatePolicy(type, rules) {
  return JSON.parse(guarded(() => raw.validatePolicy(type, textOf(rules))));
}

/// The templates: name, description and parameters of each.
export function templates() {
  return JSON.parse(raw.templates());
}

/// The rows that a template makes.
export function templateRows(name, parameters = {}) {
  return JSON.parse(guarded(() => raw.templateRows(name, textOf(parameters))));
}

/// Runs a file of cases.
export function runScenario(document) {
  return JSON.parse(guarded(() => raw.runScenario(textOf(document))));
}
