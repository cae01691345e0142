/** Instances of packages' classes go from step to step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InternMap } from 'd3-array';
import * as d3 from 'd3-array';
import * as luxon from 'luxon';
import { ADAPTED } from '../schema/lib/index.js';
import { ClassRegistry, decode, encode } from '../kernel/lib/store/codec.js';
import { readArtifact } from '../kernel/lib/store/artifact.js';
import { openStoreAt } from '../kernel/lib/store/location.js';
import { startRun } from '../kernel/lib/run/start.js';
import { FOLDER, notebookText, pipelineFrom, type Row } from './pipeline/notebook.ts';

/** By class: what makes an instance, and what is true of it in another step. */
const VALUES: Record<string, [make: string, holds: string]> = {
  Matrix: [
    'new Matrix([[1, -0], [0.5, NaN]])',
    'Object.is(x.get(0, 1), -0) && x.get(1, 1) !== x.get(1, 1) && x.mmul(Matrix.eye(2)).get(0, 0) === 1',
  ],
  BigNumber: ['new BigNumber("-0")', 'Object.is(x.toNumber(), -0) && x instanceof BigNumber'],
  Decimal: [
    'new Decimal("1.23456789012345678901234567890")',
    'x.toString() === "1.2345678901234567890123456789" && x.plus(1) instanceof Decimal',
  ],
  InternMap: ['rollup(["a", "b", "a"], (all) => all.length, (each) => each)', 'x.get("a") === 2'],
  InternSet: ['new InternSet([new Date(5), new Date(5)])', 'x.size === 1 && x.has(new Date(5))'],
  Tensor: [
    'tensor2d([[1, 2], [3, 4]], [2, 2], "int32")',
    'x.shape[1] === 2 && x.dtype === "int32" && x.dataSync()[3] === 4',
  ],
  Table: [
    'tableFromArrays({ n: Float64Array.of(1, 2), s: ["x", "y"] })',
    'x.numRows === 2 && x.get(1)?.s === "y"',
  ],
  List: ['List([1, { a: 2 }])', 'x.get(0) === 1'],
  Map: ['IMap([["a", List([1])]])', 'x.get("a")!.first() === 1'],
  OrderedMap: ['OrderedMap([["b", 1], ["a", 2]])', 'x.keySeq().first() === "b"'],
  Set: ['ISet(["a"])', 'x.has("a")'],
  OrderedSet: ['OrderedSet(["b", "a"])', 'x.first() === "b"'],
  Stack: ['Stack([1, 2])', 'x.peek() === 1'],
  DateTime: [
    'DateTime.fromISO("2020-05-17T10:00", { zone: "Asia/Tokyo", locale: "de" })',
    'x.zoneName === "Asia/Tokyo" && x.toLocaleString({ month: "long" }) === "Mai" && x.hour === 10',
  ],
};
const IMPORTS = [
  'import { Matrix } from "ml-matrix"',
  'import BigNumber from "bignumber.js"',
  'import { Decimal } from "decimal.js"',
  'import { InternSet, rollup } from "d3-array"',
  'import "@tensorflow/tfjs-backend-cpu"; import { tensor2d } from "@tensorflow/tfjs-core"',
  'import { tableFromArrays } from "apache-arrow"',
  'import { List, Map as IMap, OrderedMap, Set as ISet, OrderedSet, Stack } from "immutable"',
  'import { DateTime } from "luxon"',
].join('\n');

test('each class that is named has a case', () => {
  expect(Object.keys(VALUES).sort()).toEqual(ADAPTED.flatMap<string>(({ classes }) => [...classes]).sort());
});

test('made in one step, they are the same in another', async () => {
  const names = Object.keys(VALUES);
  const rows: Row[] = [
    ['none', IMPORTS],
    ['step:make', names.map((name) => `const x${name} = ${VALUES[name]![0]};`).join('\n')],
    [
      'step:use',
      `const wrong: string[] = [];\n${names.map((name) => `{ const x = x${name}; if (!(${VALUES[name]![1]})) wrong.push("${name}") }`).join('\n')}\nconst again = xMatrix`,
    ],
    ['step:last', 'const same = again === xMatrix'],
  ];
  expect(pipelineFrom(rows).diagnostics).toEqual([]);
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-adapters-'));
  const store = openStoreAt(folder);
  const notebook = notebookText(rows);
  const run = await startRun({ notebook, path: 'n.ipynb', directory: FOLDER, trigger: 'command', store });
  expect(run.steps.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  const valueOf = (step: number, name: string): Promise<unknown> =>
    readArtifact(store, run.steps[step]!.outputs.find((each) => each.name === name)!.digest);
  expect([await valueOf(1, 'wrong'), await valueOf(2, 'same')]).toEqual([[], true]);
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

test.each<[string, string, object, object, RegExp]>([
  ['a key function', 'd3-array', d3, keyedByText(), /^x cannot be kept: it has a key function/],
  ['no time', 'luxon', luxon, luxon.DateTime.invalid('none'), /^x cannot be kept: it is no valid time/],
])('%s is refused', (_, specifier, namespace, value, said) => {
  const classes = new ClassRegistry();
  classes.imported(specifier, namespace);
  expect(() => encode(value, { name: 'x', classes })).toThrow(said);
});

/** The declared constructor knows no second parameter. */
function keyedByText(): object {
  return new (InternMap as unknown as new (entries: [], key: (key: unknown) => string) => object)([], String);
}

test('what they hold is looked at', () => {
  const { diagnostics } = pipelineFrom([
    ['none', 'import { List } from "immutable"; import { group } from "d3-array"'],
    ['step:a', 'const f = List([() => 1]); const g = group([() => 1], (each) => each.length)'],
    ['step:b', 'const n = f.size + g.size'],
  ]);
  const said = diagnostics.map(({ code, message }) => `${code} ${/: (.*)\.$/.exec(message)?.[1]}`);
  expect(said).toEqual(['TF401 f<item> is a function', 'TF401 g<item>[] is a function']);
});

test('a value cannot choose which static method of a class is called', () => {
  class Tree {
    toJSON() {
      return { size: 3 };
    }
    static load() {
      return new Tree();
    }
    static wipe() {
      throw new Error('It was called.');
    }
  }
  const classes = new ClassRegistry();
  classes.imported('trees', { Tree });
  const bytes = Buffer.from(encode(new Tree(), { classes }));
  expect(decode(bytes, { classes })).toBeInstanceOf(Tree);
  bytes.write('wipe', bytes.indexOf('load'));
  expect(decode(bytes, { classes })).toEqual({ size: 3 });
});
