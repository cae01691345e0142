/** Quantities as settings write them. Their form has been checked against the schema. */

const MILLISECONDS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Record<string, number> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Milliseconds of a duration such as `90s` or `1.5h`. */
export function milliseconds(duration: string): number {
  return quantity(duration, MILLISECONDS);
}

/** Bytes of an amount such as `512Mi`. */
export function bytesOf(amount: string): number {
  return quantity(amount, BYTES);
}

function quantity(text: string, units: Record<string, number>): number {
  const [, number, unit] = /^([0-9.]+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = units[unit ?? '?'];
  if (number === undefined || factor === undefined)
    throw new RangeError(`${JSON.stringify(text)} is no quantity.`);
  return Math.round(Number(number) * factor);
}
