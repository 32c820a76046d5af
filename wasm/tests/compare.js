// One case against what the engine decides natively. Runs in Node and in browsers.

export function compare(waiaas, { name, policies, context, request, bytes, expect }) {
  const book = waiaas.Policies.compile(policies);
  try {
    const prepared = bytes === null ? null : unhex(bytes);
    const found = [];
    if (request !== undefined) found.push(...documents(waiaas, book, context, request, prepared, expect));
    if (prepared !== null) {
      const text = book.decide(prepared);
      if (text !== expect) found.push(`decided ${text}`);
      found.push(...verdict(book.evaluate(prepared), JSON.parse(expect).verdict));
      found.push(...verdict(book.evaluateMany([prepared, prepared])[1], JSON.parse(expect).verdict));
    }
    return found.map((difference) => `${name}: ${difference}\n  expected ${expect}`);
  } finally {
    book.free();
  }
}

function documents(waiaas, book, context, request, prepared, expect) {
  try {
    const made = book.prepare(context, request);
    return prepared !== null && hex(made) === hex(prepared) ? [] : [`prepared ${hex(made)}`];
  } catch (error) {
    if (!(error instanceof waiaas.RefusedError)) return [`failed: ${error.stack ?? error}`];
    const { denied_by, why, issues } = JSON.parse(expect).refused ?? {};
    const same = prepared === null && error.deniedBy === denied_by && error.why === why;
    return same && JSON.stringify(error.issues) === JSON.stringify(issues) ? [] : [`refused: ${error.message}`];
  }
}

function verdict(got, expect) {
  const wanted = {
    allowed: expect.allowed,
    tier: expect.tier ?? null,
    delaySeconds: expect.delay_seconds ?? null,
    approvalTimeoutSeconds: expect.approval_timeout_seconds ?? null,
    approvalReason: expect.approval_reason ?? null,
    downgraded: expect.downgraded ?? false,
    cumulativeWarning: expect.cumulative_warning?.window ?? null,
    deniedBy: expect.denied_by ?? null,
    reason: expect.reason ?? null,
  };
  return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [`judged ${JSON.stringify(got)}`];
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
