/** The text of a type as people see it. */

/**
 * A type text in which a class stands as its name, without its members, and without the declarations that the text
 * of a recursive type begins with (`type Node = …; `). What it says in full is for programs.
 */
export function shownType(text: string): string {
  let shown = '';
  for (let at = 0; at < text.length;) {
    const declared = shown === '' ? DECLARED.exec(text.slice(at)) : null;
    if (declared) {
      at = endOf(text, at + declared[0].length, ';') + 2;
      continue;
    }
    CLASS.lastIndex = at;
    const [comment, name] = CLASS.exec(text) ?? [];
    if (comment !== undefined) {
      at = endOf(text, at + comment.length, '');
      // Its members needed parentheses before the brackets of a list; its name does not.
      const isListed = shown.endsWith('(') && text.startsWith(')[', at);
      shown = isListed ? `${shown.slice(0, -1)}${name}` : `${shown}${name}`;
      if (isListed) at += 1;
      continue;
    }
    const end = text[at] === '"' ? afterString(text, at) : at + 1;
    shown += text.slice(at, end);
    at = end;
  }
  return shown;
}

/**
 * A type before and after it changed, as people see it. Where both would read alike, what has changed are members that
 * are not shown, and that is said.
 */
export function shownTypeChange(from: string, to: string): [before: string, after: string] {
  const [before, after] = [shownType(from), shownType(to)];
  return [before, before === after ? `${after} with other members` : after];
}

/**
 * A type text as code: the declarations that it begins with (`type Node = …;`), and the type in terms of them. A text that
 * would be more than a type there is `unknown`: it may come from anyone's store.
 */
export function typeInCode(text: string): { declarations: string; type: string } {
  let at = 0;
  const types: string[] = [];
  for (let declared; (declared = DECLARED.exec(text.slice(at)));) {
    const start = at + declared[0].length;
    const end = endOf(text, start, ';');
    types.push(text.slice(start, end));
    at = end + 2;
  }
  types.push(text.slice(at));
  if (!types.every(isType)) return { declarations: '', type: 'unknown' };
  return { declarations: text.slice(0, at).trimEnd(), type: text.slice(at) };
}

const CLOSING = new Map(Object.entries({ '(': ')', '[': ']', '{': '}', '<': '>' }));
/** What is read as one: brackets in it say nothing. */
const UNIT = /"(?:[^"\\\r\n]|\\.)*"|`[^`\\]*`|=>|\/\* class [\w$]+ \*\//y;

/** Whether nothing in the text could end the type: all brackets are closed, and there is no comment or statement. */
function isType(text: string): boolean {
  const open: string[] = [];
  for (let at = 0; at < text.length;) {
    UNIT.lastIndex = at;
    const [unit] = UNIT.exec(text) ?? [];
    if (unit !== undefined) {
      at += unit.length;
      continue;
    }
    const letter = text[at++]!;
    const closing = CLOSING.get(letter);
    if (closing !== undefined) open.push(closing);
    else if (/[)\]}>]/.test(letter) && open.pop() !== letter) return false;
    else if (/["'`/\\\r\n\u2028\u2029]/.test(letter) || (letter === ';' && open.length === 0)) return false;
  }
  return open.length === 0 && text.trim() !== '';
}

/** The names in what is shown of a type text that say nothing by themselves: of classes, and of recursive types. */
export function namesShown(text: string): string[] {
  const words = new Set(shownType(text).split(/[^\w$]+/));
  const named = [...text.matchAll(/\/\* class ([\w$]+) \*\/|\btype ([\w$]+) = /g)];
  return [...new Set(named.map(([, name, declared]) => name ?? declared!))].filter((name) => words.has(name));
}

const DECLARED = /^type [\w$]+ = /;
const CLASS = /\/\* class ([\w$]+) \*\/ (?=\{)/y;

/** Where `mark` stands outside of braces from `start` on; without a mark, where the braces at `start` are closed. */
function endOf(text: string, start: number, mark: string): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const letter = text[at]!;
    if (depth === 0 && letter === mark) return at;
    if (letter === '{') depth++;
    if (letter === '}' && --depth === 0 && mark === '') return at + 1;
    at = letter === '"' ? afterString(text, at) : at + 1;
  }
  return text.length;
}

function afterString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
