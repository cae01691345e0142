import { huesOf, HUES } from '../../labextension/lib/parts/colours.js';
import { graphOf, shapeOf } from '../../labextension/lib/graph/graph.js';
import { stepAt } from '../../labextension/lib/graph/keys.js';
import { curve, layoutGraph } from '../../labextension/lib/graph/layout.js';
import { isLarge, layoutAside } from '../../labextension/lib/graph/layouter.js';
import { appendLog, EMPTY_LOG } from '../../labextension/lib/run/log.js';
import { entryOf, fieldOf, readEntry, readParameters } from '../../labextension/lib/run/parameters.js';
import {
  duration,
  INITIAL,
  runObstacle,
  runSummary,
  sortedDiagnostics,
} from '../../labextension/lib/state.js';
import { flowers, parameter, pipeline, run, step } from './samples';

describe('the graph', () => {
  it('has a box for each step and an arrow with names for each pair', () => {
    const { nodes, edges } = graphOf(flowers);
    expect(nodes.map(({ id }) => id)).toEqual(['load', 'train', 'evaluate']);
    expect(edges.map(({ id, names, more }) => [id, names, more])).toEqual([
      ['load→train', ['rows', 'labels'], 0],
      ['train→evaluate', ['model'], 0],
    ]);
  });

  it('shows a few of many names', () => {
    const names = Object.fromEntries([...'abcdef'].map((name) => [name, 'number']));
    const froms = Object.fromEntries([...'abcdef'].map((name) => [name, 'one']));
    const { edges } = graphOf(pipeline([step('one', {}, names), step('two', froms)]));
    expect(edges[0]).toMatchObject({ names: ['a', 'b', 'c'], more: 3 });
  });

  it('draws an arrow without a label where a step only comes after another', () => {
    const after = { ...step('two'), after: ['one'] };
    expect(graphOf(pipeline([step('one'), after])).edges[0]).toMatchObject({
      names: [],
      width: 0,
      height: 0,
    });
  });

  it('keeps its shape when only a type changes', () => {
    const changed = structuredClone(flowers);
    changed.steps[0]!.produces[0]!.type = 'Other[]';
    expect(shapeOf(graphOf(changed))).toEqual(shapeOf(graphOf(flowers)));
  });
});

describe('the arrow keys', () => {
  const graph = graphOf(
    pipeline([
      step('load', {}, { rows: 'Row[]' }),
      step('left', { rows: 'load' }, { a: 'number' }),
      step('right', { rows: 'load' }, { b: 'number' }),
      step('join', { a: 'left', b: 'right', rows: 'load' }),
      step('alone'),
    ]),
  );
  const places = { load: [0, 0], left: [-50, 90], right: [90, 90], join: [0, 180], alone: [300, 0] } as const;
  const nodes = new Map(Object.entries(places).map(([id, [x, y]]) => [id, { x, y }]));
  const layout = { nodes, edges: new Map(), size: { width: 400, height: 200 } };
  it.each([
    ['load', 'ArrowDown', 'left'],
    ['left', 'ArrowRight', 'right'],
    ['right', 'ArrowDown', 'join'],
    ['join', 'ArrowUp', 'left'],
    ['left', 'ArrowUp', 'load'],
    ['join', 'ArrowRight', 'alone'],
    ['alone', 'ArrowUp', null],
    ['alone', 'ArrowRight', null],
    ['load', 'ArrowLeft', null],
    ['left', 'End', 'alone'],
    ['alone', 'Home', 'load'],
    ['load', 'a', null],
  ])('from %s, %s leads to %s', (from, key, to) => expect(stepAt(key, from, graph, layout)).toBe(to));
});

describe('the layout', () => {
  const wide = pipeline([
    ...Array.from({ length: 7 }, (_, index) => step(`loose-${index}`)),
    step('load', {}, { rows: 'Row[]', test: 'Row[]' }),
    ...['a', 'b', 'c'].map((name) => step(name, { rows: 'load' }, { [`model${name}`]: 'Model' })),
    step('evaluate', { modela: 'a', modelb: 'b', modelc: 'c', test: 'load' }),
  ]);
  const graph = graphOf(wide);
  const { nodes, edges, size } = layoutGraph(graph);
  const boxes = [
    ...graph.nodes.map(({ id, width, height }) => ({ ...nodes.get(id)!, width, height, id })),
    ...graph.edges.map(({ id, width, height }) => {
      const { label } = edges.get(id)!;
      return { x: label.x - width / 2, y: label.y - height / 2, width, height, id };
    }),
  ];

  it('lets no two boxes or labels overlap', () => {
    for (const one of boxes)
      for (const two of boxes) {
        if (one === two) continue;
        const apart =
          one.x + one.width <= two.x ||
          two.x + two.width <= one.x ||
          one.y + one.height <= two.y ||
          two.y + two.height <= one.y;
        expect([one.id, two.id, apart]).toEqual([one.id, two.id, true]);
      }
  });

  it('says how large everything is together', () => {
    for (const { x, y, width, height } of boxes) {
      expect([x >= 0, y >= 0, x + width <= size.width, y + height <= size.height]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
  });

  it('puts steps without links in rows', () => {
    const loose = [...nodes].filter(([id]) => id.startsWith('loose'));
    expect(new Set(loose.map(([, { y }]) => y)).size).toBeGreaterThan(1);
  });

  it('leads arrows from the lower side of a box to the upper side of the next', () => {
    for (const { id, from, to } of graph.edges) {
      const { points } = edges.get(id)!;
      const source = graph.nodes.find((node) => node.id === from)!;
      expect(points[0]!.y).toBeCloseTo(nodes.get(from)!.y + source.height);
      expect(points.at(-1)!.y).toBeCloseTo(nodes.get(to)!.y);
      expect(curve(points)).toMatch(/^M[-\d.,]+( C[-\d.,]+ [-\d.,]+ [-\d.,]+)+$/);
    }
  });
});

describe('the layout of a long graph', () => {
  /** Each uses the value of the one before and of the third before. */
  const chain = Array.from({ length: 120 }, (_, i) => {
    const used = [i - 1, i - 3].filter((one) => one >= 0);
    return step(`s${i}`, Object.fromEntries(used.map((one) => [`v${one}`, `s${one}`])), {
      [`v${i}`]: 'number',
    });
  });

  it('goes straight down', () => {
    const graph = graphOf(pipeline(chain));
    const { nodes, size } = layoutGraph(graph);
    const rows = graph.nodes.map(({ id }) => nodes.get(id)!.y);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(size.width).toBeLessThan(3 * graph.nodes[0]!.width);
  });

  it('is made of circles too, which are told of elsewhere', () => {
    const first = { ...chain[0]!, after: ['s119'] };
    const { nodes, edges } = layoutGraph(graphOf(pipeline([first, ...chain.slice(1)])));
    expect(nodes.get('s0')!.y).toBeLessThan(nodes.get('s119')!.y);
    expect(edges.get('s119→s0')!.points.length).toBeGreaterThan(100);
  });

  it('keeps groups that are not linked apart', () => {
    const two = [
      step('a', {}, { a: 'A' }),
      step('b', { a: 'a' }),
      step('c', {}, { c: 'C' }),
      step('d', { c: 'c' }),
    ];
    const { nodes } = layoutGraph(graphOf(pipeline(two)));
    expect(nodes.get('c')!.x - nodes.get('a')!.x).toBeGreaterThan(130);
    expect(nodes.get('a')!.x).toBe(nodes.get('b')!.x);
  });
});

describe('the layout of a large graph', () => {
  const graph = graphOf(pipeline(Array.from({ length: 30 }, (_, index) => step(`step-${index}`))));

  it('is made where no thread can be started too', async () => {
    expect([isLarge(graph), isLarge(graphOf(flowers))]).toEqual([true, false]);
    expect(await layoutAside(graph, () => false)).toEqual(layoutGraph(graph));
  });

  it('is left out once another is wanted', async () => {
    expect(await layoutAside(graph, () => true)).toBeNull();
  });

  it('is made also after one that could not be', async () => {
    const broken = { ...graph, nodes: null } as never;
    await expect(layoutAside(broken, () => false)).rejects.toThrow(TypeError);
    expect(await layoutAside(graph, () => false)).toEqual(layoutGraph(graph));
  });
});

describe('the colours', () => {
  it('differ for as many steps as there are', () => {
    const hues = huesOf(Array.from({ length: HUES }, (_, index) => `step-${index}`));
    expect(new Set(hues.values()).size).toBe(HUES);
  });

  it('mostly stay when a step comes in between', () => {
    const [before, after] = [huesOf(['load', 'evaluate']), huesOf(['load', 'train', 'evaluate'])];
    expect(after.get('load')).toBe(before.get('load'));
    expect(after.get('evaluate')).toBe(before.get('evaluate'));
  });
});

describe('parameters', () => {
  it.each([
    [parameter('share', 0.5), 'number', '0.5'],
    [parameter('depth', 4, { type: 'integer' }), 'number', '4'],
    [parameter('name', 'tree'), 'text', 'tree'],
    [parameter('fast', true), 'switch', 'true'],
    [parameter('kind', 'a', { enum: ['a', 'b'] }), 'choice', 'a'],
    [parameter('list', [1, 2]), 'json', '[1,2]'],
  ])('%j has a field of kind %s with %s in it', (one, kind, entry) => {
    const field = fieldOf(one);
    expect(field.kind).toBe(kind);
    expect(entryOf(field, one.value)).toBe(entry);
    expect(readEntry(field, entry)).toEqual({ value: one.value });
  });

  it.each([
    [parameter('share', 0.5), '', /a number/],
    [parameter('share', 0.5), 'much', /a number/],
    [parameter('depth', 4, { type: 'integer' }), '4.5', /a whole number/],
    [parameter('kind', 'a', { enum: ['a', 'b'] }), 'c', /one of the values/],
    [parameter('list', [1]), '[1', /JSON/],
  ])('%j refuses %j', (one, entry, problem) => {
    const { values, problems } = readParameters([one], { [one.name]: entry });
    expect(values).toEqual({});
    expect(problems[one.name]).toMatch(problem);
  });

  it('are given only where they differ from the defaults', () => {
    const all = [parameter('share', 0.5), parameter('depth', 4), parameter('fast', true)];
    expect(readParameters(all, { share: '0.50', depth: '4', fast: 'false' }).values).toEqual({
      share: 0.5,
      fast: false,
    });
  });
});

describe('the log', () => {
  it('joins text of one stream and keeps the streams apart', () => {
    const parts = [
      ['stdout', 'a'],
      ['stdout', 'b'],
      ['stderr', 'c'],
      ['stdout', ''],
    ] as const;
    const log = parts.reduce((all, [stream, text]) => appendLog(all, { stream, text }), EMPTY_LOG);
    expect(log.parts).toEqual([
      { stream: 'stdout', text: 'ab' },
      { stream: 'stderr', text: 'c' },
    ]);
  });

  it('drops its beginning when it grows too long', () => {
    let log = EMPTY_LOG;
    for (let index = 0; index < 300; index++)
      log = appendLog(log, { stream: 'stdout', text: `${index}`.padStart(1000) });
    expect(log.cut).toBe(true);
    expect(log.length).toBe(log.parts.reduce((sum, { text }) => sum + text.length, 0));
    expect(log.length).toBeLessThanOrEqual(200_000);
    expect(log.parts.at(-1)!.text).toMatch(/299$/);
  });
});

describe('words', () => {
  const at = Date.parse('2026-01-02T03:04:15.000Z');

  it.each([
    ['2026-01-02T03:04:05.250Z', '250 ms'],
    ['2026-01-02T03:04:08.500Z', '3.5 s'],
    ['2026-01-02T03:04:50.000Z', '45 s'],
    ['2026-01-02T03:07:07.000Z', '3 min 2 s'],
    ['2026-01-02T05:09:05.000Z', '2 h 5 min'],
    [undefined, '10 s'],
  ])('for a run until %s: %s', (ended, words) => {
    expect(duration({ created: '2026-01-02T03:04:05.000Z', ended }, at)).toBe(words);
  });

  it.each([
    [run('running', [{ state: 'succeeded' }, { state: 'running' }, {}]), 'Running: 1 of 3 steps done'],
    [run('succeeded', [], { ended: '2026-01-02T03:04:07.000Z' }), 'Succeeded in 2.0 s'],
    [run('failed', [{ name: 'train', state: 'failed' }]), 'Failed in step train after 10 s'],
    [run('stopped', []), 'Stopped after 10 s'],
  ])('for %#: %s', (one, words) => expect(runSummary(one, at)).toBe(words));

  it('say why the pipeline cannot be run', () => {
    const ready = { ...INITIAL, link: 'ready' as const, pipeline: flowers };
    const error = { code: 'TF001', severity: 'error' as const, message: 'No.' };
    expect(runObstacle(ready)).toBeNull();
    expect(runObstacle({ ...ready, link: 'lost' })).toMatch(/not connected/);
    expect(runObstacle({ ...ready, running: true })).toMatch(/going on/);
    expect(runObstacle({ ...ready, pipeline: pipeline([]) })).toMatch(/No cell is tagged/);
    expect(
      runObstacle({ ...ready, pipeline: pipeline([step('a')], { diagnostics: [error, error] }) }),
    ).toMatch(/^2 problems/);
  });

  it('put errors first, then follow the notebook', () => {
    const at = (code: string, severity: 'error' | 'warning', cell: string, line: number) => ({
      ...{ code, severity, message: '', cell },
      range: { start: { line, column: 1 }, end: { line, column: 2 } },
    });
    const diagnostics = [
      at('TF1', 'warning', 'cell-load', 1),
      at('TF2', 'error', 'cell-train', 1),
      at('TF3', 'error', 'cell-load', 2),
      at('TF4', 'error', 'cell-load', 1),
    ];
    const sorted = sortedDiagnostics({ ...flowers, diagnostics });
    expect(sorted.map(({ code }) => code)).toEqual(['TF4', 'TF3', 'TF2', 'TF1']);
  });
});
