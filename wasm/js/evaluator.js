// Policies that are compiled once and judge many requests.

import { Book, names } from "./waiaas.js";
import { guarded, textOf } from "./errors.js";

export { PolicyError, RefusedError } from "./errors.js";

const TIERS = ["INSTANT", "NOTIFY", "DELAY", "APPROVAL"];
const APPROVAL_REASONS = [null, "per_tx", "cumulative_daily", "cumulative_monthly"];
const WARNINGS = [null, "daily", "monthly"];

const FAULT = 0xffff_ffff;

let memory;
let view = new Uint8Array();
let lists;

/// Called once by the entry that has loaded the module.
export function ready(exports) {
  memory = exports.memory;
  lists = JSON.parse(names());
  return lists;
}

function write(bytes, at) {
  // Memory that has grown is another buffer.
  if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer);
  view.set(bytes, at >>> 0);
}

/// What the policies say to one request. `decide` has the reasons, the trace and the valuation.
export class Verdict {
  #bits;
  #seconds;

  constructor(bits, seconds) {
    this.#bits = bits;
    this.#seconds = seconds;
  }

  /// Whether the request may proceed.
  get allowed() {
    return (this.#bits & 4) === 0;
  }

  /// How it proceeds; `null` for a denial.
  get tier() {
    return this.allowed ? TIERS[this.#bits & 3] : null;
  }

  /// Length of the delay; `null` unless the tier is DELAY.
  get delaySeconds() {
    return this.tier === "DELAY" ? this.#seconds : null;
  }

  /// How long the owner has; `null` unless the tier is APPROVAL.
  get approvalTimeoutSeconds() {
    return this.tier === "APPROVAL" ? this.#seconds : null;
  }

  /// Why the owner is asked; `null` unless the tier is APPROVAL.
  get approvalReason() {
    return APPROVAL_REASONS[(this.#bits >> 4) & 3];
  }

  /// DELAY instead of APPROVAL, because the wallet has no owner.
  get downgraded() {
    return (this.#bits & 8) !== 0;
  }

  /// The window of a limit of which 80 % or more is used; `null` without one.
  get cumulativeWarning() {
    return WARNINGS[(this.#bits >> 6) & 3];
  }

  /// What denies; `null` for what is allowed.
  get deniedBy() {
    return this.allowed ? null : lists.deniedBy[(this.#bits >> 8) & 255];
  }

  /// The reason code; `null` for what is allowed.
  get reason() {
    return this.allowed ? null : lists.reasons[(this.#bits >> 16) & 255];
  }

  toJSON() {
    const { allowed, tier, delaySeconds, approvalTimeoutSeconds, approvalReason, downgraded } = this;
    const { cumulativeWarning, deniedBy, reason } = this;
    return {
      allowed, tier, delaySeconds, approvalTimeoutSeconds, approvalReason, downgraded, cumulativeWarning, deniedBy,
      reason,
    };
  }
}

/// Compiled policies.
export class Policies {
  /// What the methods of derived classes work on.
  _book;

  constructor(book) {
    this._book = book;
  }

  /// Compiles rows: a list, or its JSON text. Throws `PolicyError`.
  static compile(policies) {
    return new this(guarded(() => new Book(textOf(policies))));
  }

  /// Judges a prepared request.
  evaluate(bytes) {
    this._put(bytes);
    const bits = this._book.judge();
    // No verdict has all bits. What is wrong with the bytes, the decision says.
    if (bits === FAULT) guarded(() => this._book.decide());
    // Only DELAY and APPROVAL have seconds.
    return new Verdict(bits, (bits & 6) === 2 ? this._book.seconds() : 0);
  }

  /// Judges many prepared requests at once.
  evaluateMany(requests) {
    let length = 0;
    for (const bytes of requests) length += 4 + bytes.length;
    let at = this._book.input(length) >>> 0;
    const prefix = new Uint8Array(4);
    for (const bytes of requests) {
      new DataView(prefix.buffer).setUint32(0, bytes.length, true);
      write(prefix, at);
      write(bytes, at + 4);
      at += 4 + bytes.length;
    }
    const packed = guarded(() => this._book.judgeMany());
    return Array.from(requests, (_, index) => new Verdict(packed[2 * index], packed[2 * index + 1]));
  }

  /// The canonical JSON text of the decision about a prepared request: the same bytes in every language.
  decide(bytes) {
    this._put(bytes);
    return guarded(() => this._book.decide());
  }

  /// Gives the memory back at once. Without it, that is done some time after the last use.
  free() {
    this._book.free();
  }

  /// Writes a prepared request where the other side finds it.
  _put(bytes) {
    write(bytes, this._book.input(bytes.length));
  }
}
