/** The difference of two texts, line by line. Pure. */
import type { DiffLine } from '@tagflow/schema';

/** More pairs of lines than this are not compared one by one: what lies between equal beginning and end counts as new. */
const LARGEST = 4_000_000;

/** The fewest lines removed and added that lead from one text to the other. */
export function diffLines(from: string, to: string): DiffLine[] {
  const a = from.split('\n');
  const b = to.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return [
    ...a.slice(0, start).map(line('equal')),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map(line('equal')),
  ];
}

/** By the longest common subsequence: `common[i][j]` is its length for what follows line i of a and line j of b. */
function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  if (a.length * b.length > LARGEST) return [...a.map(line('removed')), ...b.map(line('added'))];
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] =
        a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(line('equal')(a[i]!));
      i++;
      j++;
    } else if (j === b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(line('removed')(a[i++]!));
    } else {
      lines.push(line('added')(b[j++]!));
    }
  }
  return lines;
}

function line(change: DiffLine['change']): (text: string) => DiffLine {
  return (text) => ({ change, text });
}
