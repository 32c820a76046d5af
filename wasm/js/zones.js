// Time zones by the platform's own tables.

const formatters = new Map();

/// Names of the IANA database. `Intl` also takes offsets such as `+01:00`, which are no zones.
const NAME = /^[A-Za-z][A-Za-z0-9_+\-]*(\/[A-Za-z0-9_+\-]+)*$/;

/// Seconds east of UTC at an instant (a BigInt of milliseconds); `undefined` for a zone that does not exist.
export function offset(zone, millis) {
  const formatter = formatterOf(zone);
  const at = new Date(Number(millis));
  if (!formatter || Number.isNaN(at.getTime())) return undefined;
  const part = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const year = part.era === "BC" ? 1 - Number(part.year) : Number(part.year);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
  local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
  // Local times are told in whole seconds.
  return (local.getTime() - Math.floor(at.getTime() / 1000) * 1000) / 1000;
}

function formatterOf(zone) {
  if (!formatters.has(zone)) formatters.set(zone, NAME.test(zone) ? newFormatter(zone) : null);
  return formatters.get(zone);
}

function newFormatter(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return null;
  }
}
