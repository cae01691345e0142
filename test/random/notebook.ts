/** Random notebooks: most are pipelines without a fault, some break rules on purpose. */
import type { Row } from '../pipeline/notebook.ts';
import { Chance } from './chance.ts';
import { Names } from './names.ts';
import { Statements, type Place } from './statements.ts';

/** What every notebook begins with, so that expressions can use it. */
export const PRELUDE: Row = [
  'none',
  `import { foreach } from "tagflow";
interface Row { a: number; tags: string[] }
interface Pair { r: Row; rows: Row[] }
enum Level { Low = 1, High = 5 }
namespace Fixed { export const base = 3; export function add(x: number) { return x + base } }
class Model { constructor(public n: number) {} twice(): number { return this.n * 2 } grow() { this.n++ } }
class Special extends Model { label = "s"; override twice(): number { return Fixed.add(super.twice()) } }
interface Doubles { twice(): number }
const make = (n: number): Doubles => new Special(n);`,
];

export function randomNotebook(seed: number): Row[] {
  const chance = new Chance(seed);
  const names = new Names(chance);
  const breaks = chance.yes(0.35) ? 0 : chance.pick([0.03, 0.1, 0.25]);
  const rows: Row[] = [PRELUDE];
  const steps = 2 + chance.int(3);
  if (chance.yes(0.4)) rows.push(parameters(names, chance, rows.length));
  if (chance.yes(0.3)) rows.push(cell({ role: 'setup', cell: rows.length, breaks }, names, chance));
  for (let i = 1; i <= steps; i++) {
    while (chance.yes(0.3)) rows.push(cell({ role: 'none', cell: rows.length, breaks }, names, chance));
    if (chance.yes(breaks / 4))
      rows.push(cell({ role: chance.pick(['skip', 'setup']), cell: rows.length, breaks }, names, chance));
    const place: Place = { role: 'step', step: `s${i}`, cell: rows.length, breaks };
    rows.push(cell(place, names, chance));
    if (chance.yes(0.15)) rows.push(cell({ ...place, cell: rows.length }, names, chance));
  }
  return rows.filter(([, source]) => source !== '');
}

function parameters(names: Names, chance: Chance, cell: number): Row {
  const number = names.fresh(cell);
  names.declare({ name: number, kind: 'num', assignable: false, role: 'parameters', cell });
  const list = names.fresh(cell);
  if (list === number) return ['parameters', `const ${number} = ${chance.int(9)};`];
  names.declare({ name: list, kind: 'nums', assignable: false, role: 'parameters', cell });
  return ['parameters', `const ${number} = ${chance.int(9)}; const ${list} = [1, ${chance.int(9)}, 4];`];
}

function cell(place: Place, names: Names, chance: Chance): Row {
  const tag = place.role === 'step' ? `step:${place.step}` : place.role;
  const statements = new Statements(chance, names, place);
  if (place.role === 'step' && chance.yes(0.15)) return [tag, statements.condition()];
  const kinds: Record<string, (() => string)[]> = {
    step: [
      () => statements.declaration(),
      () => statements.declaration(),
      () => statements.declaration(),
      () => statements.effect(),
      () => statements.effect(),
      () => statements.control(),
      () => statements.call(),
      () => statements.loop(),
      () => statements.helper(),
      () => statements.group(),
    ],
    none: [
      () => statements.helper(),
      () => statements.group(),
      () => statements.helper(),
      () => (chance.yes(0.3) ? statements.declaration() : constant(place, names, chance)),
      () => (chance.yes(place.breaks) ? statements.effect() : ''),
    ],
    setup: [() => statements.declaration(), () => statements.helper(), () => statements.effect()],
    skip: [() => statements.declaration(), () => (chance.yes(place.breaks) ? statements.effect() : '')],
  };
  const count = 1 + chance.int(place.role === 'step' ? 5 : 3);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) lines.push(chance.pick(kinds[place.role]!)());
  return [tag, lines.filter(Boolean).join('\n')];
}

/** One that travels. */
function constant({ cell }: Place, names: Names, chance: Chance): string {
  const name = names.fresh(cell);
  const travels = { assignable: false, role: 'none', cell, travels: true } as const;
  if (chance.yes(0.6)) {
    names.declare({ ...travels, name, kind: 'num' });
    return `const ${name} = ${chance.int(9)};`;
  }
  names.declare({ ...travels, name, kind: 'rows' });
  return `const ${name}: Row[] = [{ a: ${chance.int(9)}, tags: ["c"] }, { a: 1, tags: [] }];`;
}
