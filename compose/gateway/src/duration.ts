/** Durations as the schema's `duration` type has them: `500ms`, `30s`, `5m`, `1h`, or a number of milliseconds. */

const MILLISECONDS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** @throws Error when the text is no duration above zero. */
export function milliseconds(text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Number(amount) * (MILLISECONDS[unit] ?? Number.NaN);
  if (!(value > 0)) throw new Error("must be a duration such as 500ms, 8s or 1m; fix: 8s");
  return value;
}
