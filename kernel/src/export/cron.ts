/** When a schedule is due, as Argo reads it: five fields, or a word. A wrong one would only be told in its log. */

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const WORD = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every (\d+(ns|us|ms|s|m|h))+)$/;

interface Field {
  name: string;
  least: number;
  most: number;
  /** Words for the numbers from `least` on. */
  words?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of the week', least: 0, most: 6, words: DAYS },
];

/** What is wrong with it, as the end of a sentence. */
export function cronProblem(text: string): string | undefined {
  if (WORD.test(text.trim())) return undefined;
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return 'must have five fields, such as `0 6 * * 1`';
  const wrong = FIELDS.find((field, i) => !parts[i]!.split(',').every((part) => isPart(part, field)));
  return wrong && `has a ${wrong.name} that is none: it goes from ${wrong.least} to ${wrong.most}`;
}

/** `*`, `5`, `1-5`, `mon-fri`, each with `/2`. */
function isPart(part: string, field: Field): boolean {
  const [range = '', step, ...others] = part.split('/');
  if (others.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*' || range === '?') return true;
  const ends = range.split('-').map((end) => valueOf(end, field));
  return ends.length <= 2 && ends.every((end) => end >= field.least) && ends[0]! <= ends.at(-1)!;
}

/** NaN if it is none. */
function valueOf(text: string, { least, most, words = [] }: Field): number {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return least + word;
  return /^\d+$/.test(text) && Number(text) <= most ? Number(text) : NaN;
}

/** Argo looks a time zone up by its exact name. */
export function isTimeZone(name: string): boolean {
  if (!name.split('/').every((part) => /^[A-Z]/.test(part))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
