/** Random notebooks whose cells are about types: what one declares, others read in every way that a type can be read. */
import type { Row } from '../pipeline/notebook.ts';
import type { Chance } from './chance.ts';

const TAGS = ['step:a', 'step:b', 'step:c', 'step:d', 'setup', 'none'];
const NUMBER_OF_CELLS = 9;

/** Cells declare `v0`, `T0`, `f0`, `v1`, … by their places; each uses names of those above. */
export function typedNotebook(chance: Chance): Row[] {
  return Array.from({ length: NUMBER_OF_CELLS }, (_, at) => typedCell(chance, at, NUMBER_OF_CELLS));
}

/** The notebook with one cell changed, a little or altogether, or with one cell more or less, or in another order. */
export function typedEdit(rows: readonly Row[], chance: Chance): Row[] {
  const at = chance.int(rows.length);
  const [tag, source] = rows[at]!;
  const replaced = (text: string): Row[] =>
    rows.map((row, i) => (i === at ? [tag, text, undefined, row[3]] : row));
  const other = () => replaced(typedCell(chance, at, rows.length)[1]);
  const change = chance.pick([
    // Twice, so that it is twice as likely.
    other,
    other,
    () => replaced(source.replace(/\d\b/, (digit) => String(Number(digit) + 1))),
    () => replaced(source.replace(/\b(\d)\b/, '($1 as number)')),
    () => replaced(source.replace(/= (.*?);$/m, '= ($1);')),
    () => replaced(source.replace(/\bconst\b/, 'let')),
    () => replaced(source.replace(/\bp\b/, 'q')),
    () => replaced(source.replace(/\?:|:/, (mark) => (mark === ':' ? '?:' : ':'))),
    () => replaced(`${source}\nconst more${at} = ${at};`),
    () => replaced(`// a comment\n${source}`),
    () => rows.filter((_, i) => i !== at),
    () => [...rows.slice(0, at), typedCell(chance, at, rows.length), ...rows.slice(at)],
    () => [...rows.slice(0, at), ...rows.slice(at + 1), rows[at]!],
  ]);
  return change();
}

/** Its id stays with it, wherever it goes. */
function typedCell(chance: Chance, at: number, cells: number): Row {
  const lines = Array.from({ length: 1 + chance.int(2) }, () => statement(chance, at));
  const tag = TAGS[Math.min(TAGS.length - 1, Math.floor((at / cells) * 4))]!;
  const id = `c${chance.int(1e9)}`;
  return [
    chance.int(6) === 0 ? chance.pick(['none', 'setup', 'skip']) : tag,
    lines.join('\n'),
    undefined,
    { id },
  ];
}

function statement(chance: Chance, at: number): string {
  const v = `v${at}`;
  const T = `T${at}`;
  const f = `f${at}`;
  const x = value(chance, at);
  const y = value(chance, at);
  const U = type(chance, at);
  const g = at === 0 ? 'String' : `f${chance.int(at)}`;
  return chance.pick([
    () => `const ${v} = ${expression(chance, at)};`,
    () => `const ${v} = ${expression(chance, at)};`,
    () => `const ${v} = ${expression(chance, at)};`,
    () => `let ${v} = ${expression(chance, at)};`,
    () => `const ${v}: ${U} = ${x};`,
    () => `let ${v}: ${U} | undefined = undefined;`,
    () => `const { p: ${v}, ...r${at} } = ${x};`,
    () => `const [${v}] = [${x}, ${y}];`,
    () => `${x} = ${y};`,
    () => `${x}.push(${y}); ${x}.add(1); ${x}.p = 1;`,
    () => `${g}(${x}); const ${v} = ${x};`,
    () => `if (${x}) { console.log(${y}.p); } const ${v} = ${x}.p;`,
    () => `function ${f}(a: ${U}) { return ${expression(chance, at)}; }`,
    () => `function ${f}(a = 1, b?: ${U}) { return { a, b, x: ${x} }; }`,
    () => `function ${f}(a: unknown): asserts a is ${U} {}`,
    () => `const ${f} = (a: unknown): asserts a is ${U} => {};`,
    () => `const ${f}: (a: unknown) => asserts a is ${U} = () => {};`,
    () => `const ${f} = (a: unknown) => typeof a === 'number';`,
    () => `const ${f} = (a: ${U} | null) => a !== null;`,
    () => `function ${f}(): never { throw ${x}; }`,
    () => `const ${f} = (): never => { throw ${x}; };`,
    () => `function ${f}<T extends ${U}>(a: T) { return [a, ${x}]; }`,
    () => `function ${f}<const T>(a: T): T { return a; }`,
    () =>
      `function ${f}(a: string): ${U}; function ${f}(a: number): string; function ${f}(a: any): any { return a; }`,
    () => `async function ${f}() { return ${x}; }`,
    () => `function* ${f}() { yield ${x}; }`,
    () => `function ${f}(this: ${U}, ...a: ${U}[]) { return a.length; }`,
    () => `interface ${T} { p: ${U}; q?: typeof ${x}; }`,
    () => `interface ${T} { p: ${U}; m(a: ${U}): void; }`,
    () => `interface ${T} { p: ${U}; } interface ${T} { q: ${T}[]; }`,
    () => `interface ${T}<A = ${U}> { p: A; }`,
    () => `type ${T} = { p: ${U} };`,
    () => `type ${T} = ${U} | ${type(chance, at)};`,
    () => `type ${T} = typeof ${x};`,
    () => `type ${T} = Partial<${U}>;`,
    () => `type ${T} = keyof ${U};`,
    () => `type ${T} = { readonly [K in keyof ${U}]: ${U}[K] };`,
    () => `type ${T} = ${U} extends { p: infer P } ? P : never;`,
    () => `class ${T} { p = ${x}; m() { return ${y}; } }`,
    () => `class ${T} { #p = ${x}; static s = ${y}; get q() { return this.#p; } }`,
    () => `class ${T} { private p = ${x}; constructor(readonly q: ${U}) {} }`,
    () => `class ${T} extends ${constructor(chance, at)} { r = ${x}; }`,
    () => `enum ${T} { A = ${x}, B = 2 }`,
    () => `enum ${T} { A, B }`,
    () => `namespace ${T} { export const p = ${x}; export type Q = ${U}; }`,
    () => `const ${v} = Symbol(); const o${at} = { [${v}]: ${x} };`,
    () => `import { chunk as ${v} } from 'lodash';`,
    () => `import type { List as ${T} } from 'lodash';`,
    () => `import { basename as ${f} } from 'node:path';`,
    () => `import { inc as ${f}, loc as ${v} } from './local';`,
    () =>
      `declare global { interface Shared { p: ${chance.int(2) ? 'number' : 'string'} } var shared: Shared; }`,
    () => `const ${v} = shared.p;`,
    () => `console.log(\`\${${x}} of \${${y}}\`);`,
    () => `${x};`,
  ])();
}

function expression(chance: Chance, at: number): string {
  const x = value(chance, at);
  const y = value(chance, at);
  const U = type(chance, at);
  const g = at === 0 ? 'String' : `f${chance.int(at)}`;
  return chance.pick([
    () => x,
    () => String(chance.int(3)),
    () => `${chance.int(3)} + ${chance.int(3)}`,
    () => `'${chance.pick(['a', 'b'])}'`,
    () => `${x} + ${y}`,
    () => `${x} + 1`,
    () => `\`\${${x}}!\``,
    () => `\`\${${x}}!\` as const`,
    () => `[${x}, ${y}]`,
    () => `[${x}, ${y}] as const`,
    () => `({ p: ${x} })`,
    () => `({ p: ${x}, f() { return ${y}; } })`,
    () => `({ p: ${x}, get q() { return ${y}; } })`,
    () => `({ ...${x}, p: 1 })`,
    () => `${x}.p`,
    () => `${x}?.q`,
    () => `${x}.m(${y})`,
    () => `${x} === ${y}`,
    () => `${x} ? ${y} : null`,
    () => `${x} as ${U}`,
    () => `(${x} satisfies ${U})`,
    () => `${g}(${x})`,
    () => `await ${g}(${x})`,
    () => `[${x}].map(${g})`,
    () => `[...${x}]`,
    () => `new ${constructor(chance, at)}(${x} as never)`,
    () => `new Set([${x}])`,
    () => `new Map([[${x}, ${y}]])`,
    () => `(a: ${U}) => ${x}`,
    () => `Object.keys(${x})`,
    () => `Object.assign({}, ${x})`,
    () => `structuredClone(${x})`,
    () => `null as ${U} | null`,
    () => `[] as ${U}[]`,
    () => `[]`,
    () => `{} as Record<string, ${U}>`,
    () => `{} as Pick<${U}, 'p'>`,
    () => `(await import('node:fs')).readFileSync`,
  ])();
}

function value(chance: Chance, at: number): string {
  return at === 0 ? chance.pick(['1', '"s"', '[1]']) : `v${chance.int(at)}`;
}

function type(chance: Chance, at: number): string {
  return at === 0 || chance.int(3) === 0
    ? chance.pick(['number', 'string', '1 | 2', 'Date', 'Set<number>', '{ p: number }', '() => void'])
    : `T${chance.int(at)}`;
}

function constructor(chance: Chance, at: number): string {
  return at === 0 ? 'Date' : `T${chance.int(at)}`;
}
