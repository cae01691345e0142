/** What the pages of past runs and lineages are made of, apart from their looks. */
import type { Lineage, LineageNode, Run } from '@tagflow/schema';
import { loadingCode } from '../../labextension/lib/past/insertion.js';
import { drawnLineage, isNamed, joined, neighbours } from '../../labextension/lib/past/lineagegraph.js';
import { filterRuns, hashOf, viewOf, type RunFilter } from '../../labextension/lib/past/runfilter.js';
import { summaryOf } from '../../labextension/lib/past/summary.js';
import { ticksOf, timelineOf } from '../../labextension/lib/past/timeline.js';
import { kindOf, lineThrough } from '../../labextension/lib/run/valuekind.js';
import { flowers, pipeline, run, step } from './samples';

const all: RunFilter = { text: '', state: '', pipeline: '' };
const runs: Run[] = [
  run('succeeded', [], { id: 'a1', parameters: { trees: 200 }, tags: ['nightly'] }),
  run('failed', [], { id: 'b2', user: 'Ann' }),
  run('succeeded', [], { id: 'c3', pipeline: 'other' }),
];

describe('filters of runs', () => {
  it.each([
    ['nothing', {}, 'a1 b2 c3'],
    ['a state', { state: 'failed' }, 'b2'],
    ['a pipeline', { pipeline: 'other' }, 'c3'],
    ['a parameter', { text: 'trees=200' }, 'a1'],
    ['a user, in small letters', { text: 'ann' }, 'b2'],
    ['two words, both of which must fit', { text: 'nightly sample' }, 'a1'],
    ['what no run has', { text: 'nothing' }, ''],
  ] as const)('%s', (_, filter, ids) => {
    const found = filterRuns(runs, { ...all, ...filter });
    expect(found.map(({ id }) => id).join(' ')).toBe(ids);
  });

  it.each([
    [{ filter: all, chosen: [] }, '#tagflow-runs'],
    [
      { filter: { text: 'a&b=ü', state: 'failed' as const, pipeline: 'x' }, chosen: ['r1', 'r2'] },
      '#tagflow-runs?text=a%26b%3D%C3%BC&state=failed&pipeline=x&run=r1&run=r2',
    ],
  ])('stand in the address: %j', (view, hash) => {
    expect(hashOf(view)).toBe(hash);
    expect(viewOf(hash)).toEqual(view);
  });

  it.each([
    ['#other', undefined],
    ['#tagflow-runs-more', undefined],
    ['#tagflow-runs?state=dancing&run=1&run=2&run=3', { filter: all, chosen: ['1', '2'] }],
  ])('are read carefully from the address: %s', (hash, view) => {
    expect(viewOf(hash)).toEqual(view);
  });
});

describe('the timeline', () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  it('has a bar for what ran', () => {
    const steps = [
      { name: 'a', state: 'succeeded' as const, started: at(1), ended: at(3) },
      { name: 'b', state: 'succeeded' as const, started: at(3), ended: at(3), cached: 'r0' },
      { name: 'c', state: 'running' as const, started: at(5) },
      { name: 'd', state: 'pending' as const },
    ];
    const made = timelineOf(run('running', steps, { created: at(0) }), Date.parse(at(10)));
    expect(made.length).toBe(10_000);
    expect(made.bars.map(({ span, length }) => [span, length])).toEqual([
      [[0.1, 0.3], 2000],
      [undefined, undefined],
      [[0.5, 1], 5000],
      [undefined, undefined],
    ]);
  });

  it.each([
    [10_000, [0, 2000, 4000, 6000, 8000, 10_000]],
    [1, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]],
    [59, [0, 10, 20, 30, 40, 50]],
  ])('has round ticks in %d ms', (length, ticks) => expect(ticksOf(length)).toEqual(ticks));
});

describe('values', () => {
  it.each([
    ['numbers', [1, 2, 3], 'numbers'],
    ['numbers with a gap', [1, null, 3], 'tree'],
    ['rows', [{ a: 1 }, { a: 2, b: 3 }], 'table'],
    ['rows of too much', Array.from({ length: 30 }, (_, i) => ({ [`c${i}`]: 1 })), 'tree'],
    ['one row', [{ a: 1 }], 'tree'],
    ['an object', { a: [1] }, 'tree'],
    ['text', 'x', 'tree'],
    ['nothing', null, 'tree'],
  ])('%s', (_, value, kind) => expect(kindOf(value).kind).toBe(kind));

  it('are drawn as a line within its box, also where all are equal', () => {
    expect(lineThrough([0, 5, 10], 100, 20)).toBe('0.0,20.0 50.0,10.0 100.0,0.0');
    expect(lineThrough([4, 4], 100, 20)).toBe('0.0,20.0 100.0,20.0');
    expect(
      lineThrough(
        Array.from({ length: 5000 }, (_, i) => i),
        100,
        20,
      ).split(' '),
    ).toHaveLength(100);
  });
});

it('an artifact is loaded under a name of its own, with its type', () => {
  expect(loadingCode('r"1', 'train', { name: 'model', type: 'Forest' })).toBe(
    'import { runs } from "tagflow";\nconst pastModel = await (await runs.get("r\\"1")).step("train").artifact<Forest>("model");\npastModel',
  );
  const tree = 'type Tree = { value: string; of: Tree[]; }; Tree | undefined';
  expect(loadingCode('r1', 'grow', { name: 'tree', type: tree })).toContain(
    'await (async () => { type Tree = { value: string; of: Tree[]; }; return (await runs.get("r1")).step("grow").artifact<Tree | undefined>("tree"); })();',
  );
  const odd = { name: 'x = 1; evil()', type: 'number>("x"); evil(); f<number' };
  expect(loadingCode('r1', 'a', odd).split('\n').slice(1)).toEqual([
    'const pastValue = await (await runs.get("r1")).step("a").artifact<unknown>("x = 1; evil()");',
    'pastValue',
  ]);
});

const node = (id: string, more: Partial<LineageNode> = {}): LineageNode => {
  const [of, name, value] = id.split('/') as [string, string, string?];
  return value === undefined
    ? { id, run: of, name, value: 3, ...more }
    : { id, run: of, step: name, name: value, type: 'T', ...more };
};
const lineage: Lineage = {
  of: 'r2/fit/model',
  nodes: [node('r2/fit/model'), node('r2/load/rows'), node('r2/n'), node('r1/fit/model')],
  edges: [
    { from: 'r2/load/rows', to: 'r2/fit/model', kind: 'consumed' },
    { from: 'r2/n', to: 'r2/load/rows', kind: 'consumed' },
    { from: 'r1/fit/model', to: 'r2/fit/model', kind: 'read' },
  ],
  runs: [],
  cut: ['r1/fit/model'],
};

describe('a lineage', () => {
  it('is drawn by steps and parameters, those of several runs with their times', () => {
    const { pipeline, places } = drawnLineage(lineage, (run) => `at ${run}`);
    expect(
      pipeline.steps.map(({ name, consumes, produces }) => [
        name,
        consumes.map(({ name, from }) => `${name} from ${from}`),
        produces.map(({ name, type }) => `${name}: ${type}`),
      ]),
    ).toEqual([
      ['fit · at r2', ['rows from load · at r2', 'model from fit · at r1'], ['model: T']],
      ['load · at r2', ['n from parameter n · at r2'], ['rows: T']],
      ['parameter n · at r2', [], ['n: 3']],
      ['fit · at r1', [], ['model: T']],
    ]);
    expect(places.get('fit · at r1')).toEqual({ run: 'r1', step: 'fit' });
  });

  it('grows by what else was asked for', () => {
    const more: Lineage = {
      of: 'r1/fit/model',
      nodes: [node('r1/fit/model'), node('r1/load/rows')],
      edges: [{ from: 'r1/load/rows', to: 'r1/fit/model', kind: 'consumed' }],
      runs: [],
      cut: [],
    };
    const whole = joined(lineage, more);
    expect([whole.of, whole.nodes.length, whole.edges.length, whole.cut]).toEqual(['r2/fit/model', 5, 4, []]);
    expect(neighbours(whole, 'r1/fit/model', 'from').map(({ node }) => node.id)).toEqual(['r1/load/rows']);
    expect(neighbours(whole, 'r1/fit/model', 'to').map(({ kind }) => kind)).toEqual(['read']);
  });
});

it('what has no name is drawn as its step, and asked for by what was made with it', () => {
  const items: LineageNode = { id: 'r2/fit/1/', run: 'r2', step: 'fit', name: 'fit', items: 3 };
  const cut: Lineage = {
    ...lineage,
    nodes: [node('r2/fit/model'), items],
    edges: [{ from: items.id, to: 'r2/fit/model', kind: 'consumed' }],
    cut: [items.id],
  };
  expect(isNamed(items)).toBe(false);
  const more: Lineage = {
    ...cut,
    nodes: [...cut.nodes, node('r2/load/rows')],
    edges: [...cut.edges, { from: 'r2/load/rows', to: items.id, kind: 'consumed' }],
    cut: [],
  };
  const whole = joined(cut, more);
  expect(whole.cut).toEqual([]);
  const { steps } = drawnLineage(whole, (run) => run).pipeline;
  expect(steps.map(({ name, produces }) => [name, produces.map((each) => each.name)])).toEqual([
    ['fit', ['model']],
    ['load', ['rows']],
  ]);
  expect(steps[0]!.consumes).toMatchObject([{ name: 'rows', from: 'load' }]);
});

describe('the summary of a run', () => {
  it('says the same as a picture, as text and as data', () => {
    const steps = flowers.steps.map(({ name }) => ({ name, state: 'succeeded' as const }));
    const made = run('succeeded', steps, { parameters: { n: 3 }, ended: '2026-01-02T03:04:07.000Z' });
    const data = summaryOf(made, flowers, 0);
    expect(data['application/vnd.tagflow.run+json']).toEqual({ run: made, document: flowers });
    expect(data['text/plain']).toMatch(
      /^Run of sample: succeeded in 2(\.0)? s, 2026-01-02 03:04 UTC\nr1\nn = 3\n {2}load: /,
    );
    const html = data['text/html'] as string;
    expect(html.match(/<rect /g)).toHaveLength(3);
    expect(html).toContain('>labels</tspan>');
  });

  it('takes no name for markup', () => {
    const hostile = '<img src=x onerror="alert(1)">';
    const document = pipeline([step(hostile, {}, { [hostile]: 'T' }), step('b', { [hostile]: hostile })]);
    const made = run('failed', [{ name: hostile, state: 'failed' }], {
      pipeline: hostile,
      parameters: { [hostile]: hostile },
    });
    const html = summaryOf(made, document, 0)['text/html'] as string;
    expect(html).not.toContain('<img');
    const holder = window.document.createElement('div');
    holder.innerHTML = html;
    expect(holder.querySelectorAll('img, script, [onerror]')).toHaveLength(0);
    expect(holder.textContent).toContain(hostile);
  });
});
