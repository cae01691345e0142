/** A value cannot be kept: `path` says which part of it, the message why and what to do. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path} ${reason}`);
  }
}

/** Bytes are not an encoded value, or one that this version cannot read. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Of longer paths the middle is left out. */
const LONG_PATH = 16;

/** `rows[3].name` for `['rows', 3, 'name']`; a step in angle brackets stands for a place that has no name. */
export function pathText(path: readonly (string | number)[]): string {
  const steps = path.map((step, i) => {
    if (typeof step === 'number') return `[${step}]`;
    if (i === 0 || step.startsWith('<')) return step;
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  if (steps.length <= LONG_PATH) return steps.join('');
  return [...steps.slice(0, LONG_PATH / 2), '…', ...steps.slice(-LONG_PATH / 2)].join('');
}
