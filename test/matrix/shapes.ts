/** Forms of graphs. Each makes the cells of a notebook from what a behaviour makes, passes on and uses. */
import type { Row } from '../pipeline/notebook.ts';
import type { Behaviour } from './behaviours.ts';

type Shape = (behaviour: Behaviour) => Row[];

const LOOP: Row = ['none', 'import { foreach } from "tagflow";'];

const step = ({ settings }: Behaviour, name: string, source: string): Row => [
  `step:${name}`,
  source,
  settings,
];

/** The step of each form that something may happen to: what becomes there of the nth value that was made. */
const spot = (b: Behaviour, value: string, nth = 0): string =>
  b.spot ? b.spot.pass(value, nth) : b.pass(value);

const spotStep = (b: Behaviour, name: string, source: string): Row =>
  step({ ...b, settings: b.spot?.settings ?? b.settings }, name, source);

/** The last step: what all values come to. */
const end = (b: Behaviour, values: string[], extra = ''): Row =>
  step(b, 'end', `const end = ${b.use(values)};${extra}`);

const line =
  (length: number): Shape =>
  (b) => [
    step(b, 'a', `const v0: ${b.type} = ${b.make(0)};`),
    ...Array.from({ length }, (_, i) =>
      i === Math.floor((length - 1) / 2)
        ? spotStep(b, `p${i + 1}`, `const v${i + 1}: ${b.type} = ${spot(b, `v${i}`)};`)
        : step(b, `p${i + 1}`, `const v${i + 1}: ${b.type} = ${b.pass(`v${i}`)};`),
    ),
    end(b, ['v0', `v${length}`]),
  ];

/** A step that may give `v` another value: `yes` is 1. */
const conditional =
  (statement: (b: Behaviour) => string): Shape =>
  (b) => [
    step(b, 'a', `let v: ${b.type} = ${b.make(0)}; const yes = Math.abs(1);`),
    spotStep(b, 'choose', `let why = "none";\n${statement(b)}`),
    end(b, ['v'], ' const because = why;'),
  ];

export const SHAPES = {
  linear: line(1),
  deep: line(6),
  diamond: (b) => [
    step(b, 'a', `const v: ${b.type} = ${b.make(0)};`),
    spotStep(b, 'left', `const l: ${b.type} = ${spot(b, 'v')};`),
    step(b, 'right', `const r: ${b.type} = ${b.pass('v')};`),
    end(b, ['v', 'l', 'r']),
  ],
  wide: (b) => [
    step(b, 'a', `const v: ${b.type} = ${b.make(0)};`),
    ...[1, 2].map((i) => step(b, `w${i}`, `const w${i}: ${b.type} = ${b.pass('v')};`)),
    spotStep(b, 'w3', `const w3: ${b.type} = ${spot(b, 'v')};`),
    ...[4, 5].map((i) => step(b, `w${i}`, `const w${i}: ${b.type} = ${b.pass('v')};`)),
    end(b, ['w1', 'w2', 'w3', 'w4', 'w5']),
  ],
  versions: (b) => [
    step(b, 'a', `let v: ${b.type} = ${b.make(0)};`),
    step(b, 'next', `const before = v; v = ${b.pass('v')};`),
    spotStep(b, 'again', `v = ${spot(b, 'v')};`),
    end(b, ['before', 'v']),
  ],
  foreach: (b) => [
    LOOP,
    step(b, 'a', `const items: ${b.type}[] = [${b.make(0)}, ${b.make(1)}, ${b.make(2)}];`),
    spotStep(b, 'loop', `const made = await foreach(items, (item): ${b.type} => ${spot(b, 'item', 2)});`),
    end(b, ['items[0]!', 'made[0]!', 'made[2]!']),
  ],
  'foreach in foreach': (b) => [
    LOOP,
    step(b, 'a', `const items: ${b.type}[] = [${b.make(0)}, ${b.make(1)}];`),
    spotStep(
      b,
      'loop',
      `const made = await foreach(items, async (item) => { const inner = await foreach([item, item], (each): ${b.type} => ${spot(b, 'each', 1)}); return inner; });`,
    ),
    end(b, ['made[0]![0]!', 'made[0]![1]!', 'made[1]![0]!']),
  ],
  'two foreach': (b) => [
    LOOP,
    step(b, 'a', `const items: ${b.type}[] = [${b.make(0)}, ${b.make(1)}]; let count = 1;`),
    spotStep(
      b,
      'loop',
      `count = count + 1;\nconst first = await foreach(items, (item): ${b.type} => ${b.pass('item')});\ncount += first.length;\nconst second = await foreach(first, (item): ${b.type} => ${spot(b, 'item', 1)}, { concurrency: 1 });\ncount += second.length;`,
    ),
    end(b, ['items[0]!', 'first[0]!', 'second[1]!'], ' const total = count;'),
  ],
  'a branch taken': conditional((b) => `if (yes > 0) { why = "yes"; v = ${spot(b, 'v')}; }`),
  'a branch not taken': conditional((b) => `if (yes > 1) { why = "no"; v = ${spot(b, 'v')}; }`),
  'else if': conditional(
    (b) =>
      `if (yes > 2) { v = ${b.make(2)}; } else if (yes > 0) { why = "second"; v = ${spot(b, 'v')}; } else { why = "else"; }`,
  ),
  mixed: (b) => [
    LOOP,
    step(b, 'a', `let v: ${b.type} = ${b.make(0)}; const items: ${b.type}[] = [v, ${b.make(1)}];`),
    spotStep(b, 'loop', `const made = await foreach(items, (item): ${b.type} => ${spot(b, 'item', 1)});`),
    step(b, 'choose', `if (made.length > 1) { v = made[1]!; }`),
    step(b, 'side', `const side: ${b.type} = ${b.pass('v')};`),
    end(b, ['v', 'side', 'made[0]!', 'items[0]!']),
  ],
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;

/** The cells of a notebook. */
export function rowsOf(shape: ShapeName, behaviour: Behaviour): Row[] {
  const { before = [], between } = behaviour;
  const rows = SHAPES[shape](behaviour);
  return [...before, ...(between ? rows.flatMap((row) => [row, between]) : rows)];
}
