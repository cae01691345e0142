/** What goes wrong at one step of a form, and what puts it right. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behaviour } from './behaviours.ts';
import type { ShapeName } from './shapes.ts';

export interface Fault {
  wrong: Behaviour;
  /** Put right: the run that failed goes on with it. The same, if absent: what was wrong is around it. */
  mended?: Behaviour;
  /** A secret that the step declares, while it is wrong and when it is put right. */
  secret?: [wrong: string, right: string];
  /** Name and words of the failure; absent where another attempt succeeds. */
  failure?: [name: string, message: RegExp];
  /** The part of these words that each place has its own. */
  advice?: RegExp;
  /** Attempts at what goes wrong. */
  attempts?: number;
  /** Whether it goes wrong before any code of the step runs, its condition and its loops too. */
  atOnce?: boolean;
  /** What the step has printed, as its log has it. */
  log?: RegExp;
  /** Places that are left out, and why. */
  leftOut?: Partial<Record<'notebook' | 'this process', string>>;
  /** Places that refuse the run before it begins, with the same words, and why others do not. */
  refusedBy?: { places: string[]; why: string };
  /** Makes it go wrong again. */
  reset?: () => void;
}

/** What becomes of each form when the step fails that has the fault, and of its loops' items. */
const FAILED: Record<ShapeName, { steps: string; items?: string }> = {
  linear: { steps: 'a succeeded, p1 failed, end omitted' },
  deep: {
    steps:
      'a succeeded, p1 succeeded, p2 succeeded, p3 failed, p4 omitted, p5 omitted, p6 omitted, end omitted',
  },
  diamond: { steps: 'a succeeded, left failed, right succeeded, end omitted' },
  wide: {
    steps: 'a succeeded, w1 succeeded, w2 succeeded, w3 failed, w4 succeeded, w5 succeeded, end omitted',
  },
  versions: { steps: 'a succeeded, next succeeded, again failed, end omitted' },
  foreach: { steps: 'a succeeded, loop failed, end omitted', items: '2 of 3' },
  'foreach in foreach': { steps: 'a succeeded, loop failed, end omitted', items: '1 of 2' },
  'two foreach': { steps: 'a succeeded, loop failed, end omitted', items: '2 of 2, 1 of 2' },
  'a branch taken': { steps: 'a succeeded, choose failed, end omitted' },
  'a branch not taken': { steps: 'a succeeded, choose skipped, end succeeded' },
  'else if': { steps: 'a succeeded, choose failed, end omitted' },
  mixed: {
    steps: 'a succeeded, loop failed, choose omitted, side omitted, end omitted',
    items: '1 of 2',
  },
};

/** Before the step's condition, and before its loops. */
const FAILED_AT_ONCE: Partial<Record<ShapeName, string>> = {
  'a branch not taken': 'a succeeded, choose failed, end omitted',
};

/** How often a step was tried, of one item what went wrong: items in an item that fails are tried again with it. */
export function attemptsOf(shape: ShapeName, { attempts = 1, failure }: Fault): number {
  return failure && shape === 'foreach in foreach' ? attempts ** 2 : attempts;
}

/** What the table says of a form with a fault. */
export function toldOf(shape: ShapeName, { atOnce, failure }: Fault): { steps: string; items?: string } {
  const { steps, items } = FAILED[shape];
  if (!failure) return { steps: steps.replace(/failed|omitted/g, 'succeeded') };
  return atOnce ? { steps: FAILED_AT_ONCE[shape] ?? steps } : { steps, items };
}

/** The step of a form that has the fault; undefined if it is never reached. */
export function spotOf(shape: ShapeName, { atOnce }: Fault): string | undefined {
  const steps = (atOnce ? FAILED_AT_ONCE[shape] : undefined) ?? FAILED[shape].steps;
  return /(\w+) failed/.exec(steps)?.[1];
}

export const SECRET = 'MATRIX_KEY';
/** Absolute: the folder of an attempt is its own. */
const TRIED = join(tmpdir(), `tagflow-matrix-tried-${process.pid}`);

const numbers = (spot: Behaviour['spot'], more: Partial<Behaviour> = {}): Behaviour => ({
  type: 'number',
  make: String,
  pass: (value) => `Math.abs(${value})`,
  use: (all) => `[${all.join(', ')}]`,
  ...more,
  spot,
});

const texts = (spot: (value: string, nth: number) => string, settings?: object): Behaviour => ({
  type: 'string',
  make: (n) => `"v${n}"`,
  pass: (value) => `String(${value})`,
  use: (all) => `[${all.join(', ')}]`,
  spot: { pass: spot, settings },
});

/** Code of the step itself, on a line of its own. */
const inStep =
  (body: (nth: number) => string): NonNullable<Behaviour['spot']>['pass'] =>
  (value, nth) =>
    `(\n  ((v: number): number => { ${body(nth)} return v + 10; })(${value}))`;

const WELL = inStep(() => '');

const helper = (body: string): Pick<Behaviour, 'before'> => ({
  before: [['none', `function risky(v: number, nth: number): number {\n  ${body}\n  return v + 10;\n}`]],
});

const RISKY: NonNullable<Behaviour['spot']>['pass'] = (value, nth) => `risky(${value}, ${nth})`;

/** An object that a package changes, so that no check sees it. */
const objects = (spot: string): Behaviour => ({
  before: [
    ['none', 'import { set } from "lodash";'],
    [
      'none',
      `const keep = <T,>(value: T): T => value;\nconst risky = (v: { n: number }, nth: number) => { ${spot} return { n: v.n + 10 }; };`,
    ],
  ],
  type: '{ n: number }',
  make: (n) => `{ n: ${n} }`,
  pass: (value) => `keep(${value})`,
  use: (all) => `[${all.join(', ')}].map(({ n }) => n)`,
  spot: { pass: RISKY },
});

const NOT_RECORDED = 'a notebook records nothing';
const NOT_DECLARED = 'a notebook has what its process has, whatever its steps declare';

export const FAULTS: Record<string, Fault> = {
  'the step throws': {
    wrong: numbers({ pass: inStep((nth) => `if (v === ${nth}) throw new RangeError("no " + v);`) }),
    mended: numbers({ pass: WELL }),
    failure: ['RangeError', /^no \d/],
  },
  'a helper throws, at each attempt': {
    wrong: numbers(
      { pass: RISKY, settings: { retries: 1 } },
      helper('if (v === nth) throw new TypeError(`not ${v}`);'),
    ),
    mended: numbers({ pass: RISKY }, helper('')),
    failure: ['TypeError', /^not \d/],
    attempts: 2,
  },
  'another attempt succeeds': {
    wrong: numbers(
      { pass: RISKY, settings: { retries: 2 } },
      {
        before: [
          ['none', 'import { existsSync, mkdirSync } from "node:fs";'],
          ...helper(
            `const tried = ${JSON.stringify(TRIED)};\n  if (v === nth && !existsSync(tried)) { mkdirSync(tried); throw new Error("at first"); }`,
          ).before!,
        ],
      },
    ),
    attempts: 2,
    reset: () => rmSync(TRIED, { recursive: true, force: true }),
  },
  'a secret is wrong': {
    wrong: numbers({
      pass: inStep(
        (nth) =>
          `const key = process.env.${SECRET}!; console.log("key", key); if (v === ${nth} && !key.startsWith("right")) throw new Error(\`\${key} is no key\`);`,
      ),
      settings: { secrets: [SECRET] },
    }),
    secret: ['wrong-secret-of-the-matrix', 'right-secret-of-the-matrix'],
    failure: ['Error', /^\*\*\* is no key/],
    log: /^(key \*\*\*\n)+$/,
  },
  'a value holds a secret': {
    wrong: texts((value, nth) => `${value} === "v${nth}" ? process.env.${SECRET}! : ${value}`, {
      secrets: [SECRET],
    }),
    mended: texts((value) => `${value} + process.env.${SECRET}!.length`, { secrets: [SECRET] }),
    secret: ['secret-of-the-matrix', 'secret-of-the-matrix'],
    failure: ['NotSerializable', /^\S+ contains the value of a secret, which is never kept\./],
    leftOut: { notebook: NOT_RECORDED },
  },
  'an input is changed': {
    wrong: objects('if (v.n === nth) set(v, "n", -1);'),
    mended: objects(''),
    failure: ['ChangedInPlace', /was changed in place/],
    leftOut: { notebook: 'a cell may change what it likes: that is why a run looks' },
  },
  'the process ends': {
    wrong: numbers({ pass: inStep((nth) => `if (v === ${nth}) process.exit(3);`) }),
    mended: numbers({ pass: WELL }),
    failure: ['ProcessEnded', /^The step's process exited with code 3 before its last statement\./],
    leftOut: {
      notebook: 'the kernel starts another process, and the variables are gone',
      'this process': 'the tests would end',
    },
  },
  'a declared secret is not there': {
    wrong: numbers({ pass: WELL, settings: { secrets: ['MATRIX_NO_KEY'] } }),
    mended: numbers({ pass: WELL }),
    failure: [
      'MissingVariable',
      /^The environment variable MATRIX_NO_KEY that the step declares is not set\./,
    ],
    advice: /(?<=is not set\.).*/,
    atOnce: true,
    leftOut: { notebook: NOT_DECLARED },
  },
  'a declared file is not there': {
    wrong: numbers({ pass: WELL, settings: { files: ['none.csv'] } }),
    mended: numbers({ pass: WELL }),
    failure: ['MissingFile', /^The file "none\.csv" that the step declares is not in /],
    atOnce: true,
    leftOut: { notebook: NOT_DECLARED },
    refusedBy: {
      places: ['pods'],
      why: 'a run on this machine looks for a file when its step begins: a step before it may have written it',
    },
  },
};
