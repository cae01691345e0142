/** Random changes of a notebook after it ran. */
import type { Row } from '../pipeline/notebook.ts';
import { Chance } from './chance.ts';

export interface Edit {
  what: string;
  rows: Row[];
}

/** The notebook with one thing changed. */
export function randomEdit(rows: readonly Row[], seed: number): Edit {
  const chance = new Chance(seed);
  const at = 1 + chance.int(rows.length - 1);
  const replaced = (what: string, source: string): Edit => ({
    what: `${what} in cell ${at + 1}`,
    rows: rows.map((row, i) => (i === at ? [row[0], source, row[2]] : row)),
  });
  const [tag, source] = rows[at]!;
  const numbers = [...source.matchAll(/(?<![\w.$"])\d(?![\w.])/g)];
  const number = numbers.length > 0 ? chance.pick(numbers) : undefined;
  const otherNumber = (): Edit =>
    number === undefined
      ? replaced('nothing', source)
      : replaced(
          'a number',
          `${source.slice(0, number.index)}${chance.int(9)}${source.slice(number.index + number[0].length)}`,
        );
  return chance.pick([
    () => replaced('a comment', `// changed\n${source} /* more */`),
    () => replaced('layout', source.replaceAll('; ', ';\n\n').replaceAll(' => ', '  =>  ')),
    () =>
      replaced(
        'types',
        source.replaceAll('(x: number)', '(x: number & {})').replaceAll(': Row[] =', ': Array<Row> ='),
      ),
    // Twice, so that it is twice as likely.
    otherNumber,
    otherNumber,
    () => replaced('an operator', source.replace(' + ', ' - ')),
    () => ({
      what: 'a cell that nothing uses',
      rows: [...rows.slice(0, at), ['none', 'const unusedHere = 4;'], ...rows.slice(at)] as Row[],
    }),
    () =>
      replaced(
        'one value more',
        tag.startsWith('step:') && !/\bif \(/.test(source) ? `${source}\nconst more${at} = [${at}];` : source,
      ),
    () => ({ what: `no cell ${at + 1}`, rows: rows.filter((_, i) => i !== at) }),
  ])();
}
