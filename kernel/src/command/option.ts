/** Values of options, checked while the command line is read. */
import { InvalidArgumentError } from 'commander';
import { milliseconds } from '../pipeline/quantity.js';
import { isRunTag } from '../store/run-tag.js';

const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)$/;

/** `name=value`, which may be repeated. */
export function assignment(value: string, values: string[]): string[] {
  if (!/^[^=]+=/.test(value)) throw new InvalidArgumentError('It takes the form name=value.');
  return [...values, value];
}

/** An image for all steps, or `step=image` for one, which may be repeated. */
export function image(value: string, values: string[]): string[] {
  if (!/^([^=]+=)?[^=\s]+$/.test(value))
    throw new InvalidArgumentError('It takes an image, or step=image for one step.');
  return [...values, value];
}

/** A tag, which may be repeated. */
export function tag(value: string, values: string[]): string[] {
  if (!isRunTag(value))
    throw new InvalidArgumentError('It takes a name, or name=value, of letters, digits, "_", "." and "-".');
  return [...values, value];
}

export function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It takes a number from 1 on.');
  return number;
}

/** Position of a part of a step, from 0. */
export function segment(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It takes a number from 0 on.');
  return number;
}

/** In milliseconds. */
export function duration(value: string): number {
  if (!DURATION.test(value))
    throw new InvalidArgumentError('It takes a length of time, such as 90s, 12h or 30d.');
  return milliseconds(value);
}

/** An instant as toISOString writes it, of a date, an instant, or a length of time until now. */
export function since(value: string): string {
  const time = DURATION.test(value)
    ? Date.now() - milliseconds(value)
    : /^\d{4}-/.test(value)
      ? Date.parse(value)
      : NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError(
      'It takes a date such as 2026-01-31, an instant, or a length of time such as 12h or 7d.',
    );
  return new Date(time).toISOString();
}
