/** What people call an attempt of a step. */
import type { AttemptPlace, Step } from './generated/types.js';

/**
 * Such as `Attempt 2`; `Item 7, attempt 2` of a step with one `foreach`, before which its first part runs:
 * `Part 1, attempt 2`; `Part 4, item 7, attempt 2` where there are more.
 */
export function attemptText(
  { segment, index, within = [], attempt }: AttemptPlace,
  programs: Step['programs'],
): string {
  const loops = programs.filter(({ kind }) => kind === 'body' || kind === 'nested').length;
  const needsPart = index === undefined ? programs.length > 1 : loops > 1;
  const items = index === undefined ? within : [...within, index];
  const words = [
    ...(needsPart ? [`part ${segment + 1}`] : []),
    ...(items.length > 0 ? [`item ${items.join('.')}`] : []),
    `attempt ${attempt}`,
  ].join(', ');
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}
