// What goes wrong, as types.

/// Documents with faults: `issues` has one entry for each, with the path of its place.
export class PolicyError extends Error {
  constructor(issues) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "));
    this.name = "PolicyError";
    this.issues = issues;
  }
}

/// A request that is refused while it is read, before any policy is asked.
export class RefusedError extends Error {
  constructor({ denied_by: deniedBy, why, issues }) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "));
    this.name = "RefusedError";
    this.deniedBy = deniedBy;
    this.why = why;
    this.issues = issues;
  }
}

/// Runs what may fail on the other side, where an error is a text.
export function guarded(run) {
  try {
    return run();
  } catch (error) {
    throw typeof error === "string" ? read(error) : error;
  }
}

function read(text) {
  if (text.startsWith("[")) return new PolicyError(JSON.parse(text));
  if (text.startsWith("{")) return new RefusedError(JSON.parse(text).refused);
  return new PolicyError([{ path: "", code: "invalid_value", message: text }]);
}

/// A document as JSON text. Texts pass as they are; a BigInt becomes a text, which every amount may be.
export function textOf(document) {
  return typeof document === "string" ? document : JSON.stringify(document ?? {}, exactly);
}

function exactly(key, value) {
  if (typeof value === "bigint") return value.toString();
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new TypeError(`${key}: ${value} is too large for a number; write it as a text or as a BigInt`);
  }
  return value;
}
