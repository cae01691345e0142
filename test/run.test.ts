import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output, Parameter, Pipeline, Run, Step } from '@tagflow/schema';
import { ended } from './ended.ts';
import { LocalExecutor } from '../kernel/lib/run/executor.js';
import { parseParameter, planRun } from '../kernel/lib/run/index.js';
import { withoutOutputs } from '../kernel/lib/pipeline/notebook.js';
import { ProcessGroups } from '../kernel/lib/interpreter/process-groups.js';
import { runPipeline } from '../kernel/lib/run/runner.js';
import { FolderStore, readArtifact, readLog, readRun } from '../kernel/lib/store/index.js';

interface Sketch {
  code: string;
  consumes?: string[];
  produces?: string[];
  consumed?: boolean;
  after?: string[];
  settings?: Step['settings'];
}

const output = (name: string, consumed: boolean): Output => ({
  name,
  variable: `c#${name}`,
  type: 'unknown',
  consumed,
  cell: 'c',
});

/** A pipeline of steps written by hand; `code` is the body of the program. */
function pipelineOf(sketches: Record<string, Sketch>, parameters: Parameter[] = []): Pipeline {
  const makers = new Map(
    Object.entries(sketches).flatMap(([name, { produces }]) => (produces ?? []).map((each) => [each, name])),
  );
  const steps = Object.entries(sketches).map(([name, sketch]): Step => {
    const { code, consumes = [], produces = [], consumed = true, after = [], settings = {} } = sketch;
    const inputs = consumes.map((each) => `c#${each}`);
    const program = {
      segment: 0,
      kind: 'plain' as const,
      source: code,
      inputs,
      outputs: produces.map((each) => `c#${each}`),
      packages: [],
      localFiles: [],
    };
    return {
      name,
      cells: ['c'],
      consumes: consumes.map((each) => ({ name: each, variable: `c#${each}`, from: makers.get(each) })),
      produces: produces.map((each) => output(each, consumed)),
      after,
      settings,
      programs: [program],
    };
  });
  return { format: 1, name: 'test', parameters, steps, cells: [], diagnostics: [] };
}

let folder: string;
let store: FolderStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-run-'));
  store = new FolderStore(join(folder, '.tagflow'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(sketches: Record<string, Sketch>, options: Record<string, unknown> = {}): Promise<Run> {
  const executor = new LocalExecutor();
  const plan = planRun(pipelineOf(sketches));
  executor.prepare(plan.steps.length);
  try {
    return await runPipeline(plan, {
      store,
      executor,
      directory: folder,
      programOf: (program) => `export default async ($x) => { ${program.source} };`,
      trigger: 'command',
      ...options,
    });
  } finally {
    executor.close();
  }
}

const step = (made: Run, name: string) => made.steps.find((each) => each.name === name)!;
const value = (made: Run, name: string) => {
  const artifact = made.steps.flatMap((each) => each.outputs).find((each) => each.name === name);
  return artifact && readArtifact(store, artifact.digest);
};
/** One step that keeps what an expression gives. */
const keeps = (expression: string, rest: Partial<Sketch> = {}): Record<string, Sketch> => ({
  one: { code: `const x = ${expression}; await $x.finish({ 'c#x': () => x });`, produces: ['x'], ...rest },
});

describe('values', () => {
  test('flow from step to step, and the records say the same as the result', async () => {
    const made = await run({
      load: {
        code: `const rows = [1, 2, 3]; await $x.finish({ 'c#rows': () => rows });`,
        produces: ['rows'],
      },
      sum: {
        code: `let rows = $x.input('c#rows'); $x.guard('rows', () => rows); const sum = rows.reduce((a, b) => a + b); await $x.finish({ 'c#sum': () => sum });`,
        consumes: ['rows'],
        produces: ['sum'],
      },
    });
    expect(made.state).toBe('succeeded');
    expect(await value(made, 'sum')).toBe(6);
    expect(await readRun(store, made.id)).toEqual(made);
  });

  test('parameters are inputs; defaults hold where none are given', async () => {
    const parameter: Parameter = {
      name: 'n',
      variable: 'c#n',
      type: 'number',
      value: 2,
      cell: 'c',
      schema: { type: 'number' },
    };
    const pipeline = pipelineOf(
      {
        one: {
          code: `const x = $x.input('c#n') * 10; await $x.finish({ 'c#x': () => x });`,
          consumes: ['n'],
          produces: ['x'],
        },
      },
      [parameter],
    );
    expect(planRun(pipeline).parameters).toEqual({ n: 2 });
    expect(planRun(pipeline, { n: 5 }).parameters).toEqual({ n: 5 });
    expect(() => planRun(pipeline, { m: 5 })).toThrow('There is no parameter m: there are n.');
    expect(() => planRun(pipeline, { n: 'x' })).toThrow(
      'Parameter n takes a value of type number; "x" is none.',
    );
  });

  test('of notebook classes and package models are revived', async () => {
    mkdirSync(join(folder, 'node_modules/forest'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/forest/package.json'), '{"name": "forest", "main": "index.js"}');
    writeFileSync(
      join(folder, 'node_modules/forest/index.js'),
      'class Tree { constructor(d) { this.d = d } depth() { return this.d } toJSON() { return { d: this.d } } static load(j) { return new Tree(j.d) } } module.exports = { Tree };',
    );
    const declared = `class Row { constructor(v) { this.v = v } twice() { return this.v * 2 } } $x.class('Row', '${'ab'.repeat(32)}', Row);`;
    const made = await run({
      load: {
        code: `const { Tree } = await $x.import('forest'); ${declared} const row = new Row(4), tree = new Tree(7); await $x.finish({ 'c#row': () => row, 'c#tree': () => tree });`,
        produces: ['row', 'tree'],
      },
      use: {
        code: `${declared} const x = [$x.input('c#row').twice(), $x.input('c#tree').depth()]; await $x.finish({ 'c#x': () => x });`,
        consumes: ['row', 'tree'],
        produces: ['x'],
      },
    });
    expect(made.steps.map((each) => each.failure)).toEqual([undefined, undefined]);
    expect(await value(made, 'x')).toEqual([8, 7]);
  });

  test('of a package whose instances flow in run with its code: a new version of it runs the step again', async () => {
    const forest = join(folder, 'node_modules/forest');
    mkdirSync(forest, { recursive: true });
    const install = (version: string, depth: string) => {
      writeFileSync(
        join(forest, 'package.json'),
        JSON.stringify({ name: 'forest', version, main: 'index.js' }),
      );
      writeFileSync(
        join(forest, 'index.js'),
        `class Tree { constructor(d) { this.d = d } depth() { return ${depth} } toJSON() { return { d: this.d } } static load(j) { return new Tree(j.d) } } module.exports = { Tree };`,
      );
    };
    const settings = { cache: true } as const;
    const sketches: Record<string, Sketch> = {
      load: {
        code: `const { Tree } = await $x.import('forest'); const tree = new Tree(7); await $x.finish({ 'c#tree': () => tree });`,
        produces: ['tree'],
        settings,
      },
      use: {
        code: `const x = $x.input('c#tree').depth(); await $x.finish({ 'c#x': () => x });`,
        consumes: ['tree'],
        produces: ['x'],
        settings,
      },
      same: {
        code: `const y = $x.input('c#x') > 0; await $x.finish({ 'c#y': () => y });`,
        consumes: ['x'],
        produces: ['y'],
        settings,
      },
    };
    install('1.0.0', 'this.d');
    await run(sketches);
    expect((await run(sketches)).steps.map(({ cached }) => cached !== undefined)).toEqual([true, true, true]);
    install('1.0.1', 'this.d + 0');
    const made = await run(sketches);
    expect(made.steps.map(({ cached }) => cached !== undefined)).toEqual([true, false, true]);
    expect(made.steps[0]!.outputs[0]!.packages).toEqual(['forest']);
  });

  test('that cannot be kept fail the step if consumed, and are named if not', async () => {
    const failed = await run(keeps('{ a: [() => 1] }'));
    expect(step(failed, 'one')).toMatchObject({
      state: 'failed',
      failure: {
        name: 'NotSerializable',
        message: expect.stringMatching(/^x\.a\[0\] is a function/),
        cell: 'c',
      },
    });
    const kept = await run(keeps('() => 1', { consumed: false }));
    expect(step(kept, 'one')).toMatchObject({
      state: 'succeeded',
      notKept: [{ name: 'x', reason: expect.stringMatching(/function/) }],
    });
  });

  test('that nothing consumes are kept up to a limit, and unless told otherwise', async () => {
    const reason = async (rest: Partial<Sketch>) =>
      step(await run(keeps(`'x'.repeat(5000)`, { consumed: false, ...rest })), 'one').notKept[0]?.reason;
    expect(await reason({})).toBeUndefined();
    expect(await reason({ settings: { keepLimit: '2Ki' } })).toMatch(/more than keepLimit/);
    expect(await reason({ settings: { keep: 'consumed' } })).toMatch(/"consumed"/);
  });

  test('changed in place fail the step, naming the variable', async () => {
    const made = await run({
      load: { code: `const rows = [3, 1]; await $x.finish({ 'c#rows': () => rows });`, produces: ['rows'] },
      bad: {
        code: `let rows = $x.input('c#rows'); $x.guard('rows', () => rows); rows.sort(); await $x.finish({});`,
        consumes: ['rows'],
      },
      good: {
        code: `let rows = $x.input('c#rows'); $x.guard('rows', () => rows); rows = rows.toSorted(); await $x.finish({});`,
        consumes: ['rows'],
      },
    });
    expect(step(made, 'bad').failure).toMatchObject({
      name: 'ChangedInPlace',
      message: expect.stringMatching(/^rows was changed in place/),
    });
    expect(step(made, 'good').state).toBe('succeeded');
  });
});

describe('identity', () => {
  const make = `const rows = [{ n: 1 }, { n: 2, in: { deep: 1 } }, { n: 3 }]; const best = rows[1]; const twin = [{ n: 1 }]; const other = [{ n: 1 }];
    await $x.finish({ 'c#rows': () => rows, 'c#best': () => best, 'c#twin': () => twin, 'c#other': () => other });`;
  const source = { code: make, produces: ['rows', 'best', 'twin', 'other'] };
  const get = (name: string): string => `const ${name} = $x.input('c#${name}');`;
  const see = (expression: string): string => `const x = ${expression}; await $x.finish({ 'c#x': () => x });`;

  test.each([
    ['rows', 'best'],
    ['best', 'rows'],
  ])('objects are the same ones in a later step, whichever is read first: %s, %s', async (first, second) => {
    const code = get(first) + get(second) + see('[rows.indexOf(best), rows[1].in === best.in]');
    const made = await run({ source, use: { code, consumes: ['rows', 'best'], produces: ['x'] } });
    expect(await value(made, 'x')).toEqual([1, true]);
  });

  test('holds over steps between', async () => {
    const sorted = `${get('rows')} const sorted = rows.toReversed(); await $x.finish({ 'c#sorted': () => sorted });`;
    const made = await run({
      source,
      sort: { code: sorted, consumes: ['rows'], produces: ['sorted'] },
      use: {
        code: get('sorted') + get('best') + see('sorted.indexOf(best)'),
        consumes: ['sorted', 'best'],
        produces: ['x'],
      },
    });
    expect(await value(made, 'x')).toBe(1);
  });

  test('values that are merely equal stay two, and have one digest', async () => {
    const made = await run({
      source,
      use: {
        code: get('twin') + get('other') + see('twin === other'),
        consumes: ['twin', 'other'],
        produces: ['x'],
      },
    });
    expect(await value(made, 'x')).toBe(false);
    const [twin, other] = ['twin', 'other'].map(
      (name) => step(made, 'source').outputs.find((each) => each.name === name)!.digest,
    );
    expect(twin).toBe(other);
  });

  test('a value of its own does not depend on what else was kept', async () => {
    const alone = await run({
      one: {
        code: `const best = { n: 2, in: { deep: 1 } }; await $x.finish({ 'c#best': () => best });`,
        produces: ['best'],
      },
    });
    const shared = await run({ source });
    const best = step(shared, 'source').outputs.find(({ name }) => name === 'best')!;
    expect(step(alone, 'one').outputs[0]!.digest).toBe(best.digest);
  });
});

describe('order', () => {
  test('independent steps run side by side, never more than allowed', async () => {
    const at = async (concurrency: number) => {
      let running = 0;
      let most = 0;
      const sketch = { code: `await new Promise((r) => setTimeout(r, 300)); await $x.finish({});` };
      await run(
        { a: sketch, b: sketch, c: sketch },
        {
          concurrency,
          onEvent: (event: { type: string; step: { state: string } }) => {
            if (event.type !== 'step') return;
            running += event.step.state === 'running' ? 1 : -1;
            most = Math.max(most, running);
          },
        },
      );
      return most;
    };
    expect(await at(3)).toBe(3);
    expect(await at(1)).toBe(1);
  });

  test('a failure omits what needs it; the rest goes on', async () => {
    const made = await run({
      bad: { code: `throw new TypeError('no');`, produces: ['x'] },
      next: { code: `await $x.finish({});`, consumes: ['x'] },
      last: { code: `await $x.finish({});`, after: ['next'] },
      other: { code: `await $x.finish({});` },
    });
    expect(made.state).toBe('failed');
    expect(made.steps.map((each) => each.state)).toEqual(['failed', 'omitted', 'omitted', 'succeeded']);
    expect(step(made, 'bad').failure).toMatchObject({ name: 'TypeError', message: 'no' });
  });

  test('a failed attempt is made again as often as retries say', async () => {
    const once = `const fs = await $x.import('node:fs'); const flag = ${JSON.stringify(join(tmpdir(), `tagflow-flag-${process.pid}`))}; if (!fs.existsSync(flag)) { fs.writeFileSync(flag, ''); throw new Error('first'); } fs.rmSync(flag); await $x.finish({});`;
    expect(step(await run({ one: { code: once, settings: { retries: 2 } } }), 'one')).toMatchObject({
      state: 'succeeded',
      attempts: 2,
    });
    expect(step(await run({ one: { code: `throw 1`, settings: { retries: 1 } } }), 'one')).toMatchObject({
      state: 'failed',
      attempts: 2,
    });
  });
});

describe('what ends a step early', () => {
  test.each<[string, Sketch, object]>([
    [
      'its timeout, also in a loop that never yields',
      { code: 'for (;;);', settings: { timeout: '500ms' } },
      { name: 'Timeout', message: expect.stringMatching(/0\.5 s/) },
    ],
    ['process.exit', { code: 'process.exit(3)' }, { name: 'ProcessEnded', exitCode: 3 }],
    [
      'a signal',
      { code: `process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => {}, 1e4));` },
      { name: 'ProcessEnded', signal: 'SIGKILL' },
    ],
    [
      'memory',
      {
        code: 'const a = []; for (;;) a.push(new Array(1000).fill(a.length));',
        settings: { memory: '64Mi' },
      },
      { name: 'OutOfMemory', message: expect.stringMatching(/64Mi/) },
    ],
    [
      'a rejection that nobody awaits',
      { code: `void Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 5000));` },
      { name: 'Error', message: 'lost' },
    ],
    [
      'an error in a timer',
      {
        code: `setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 5000));`,
      },
      { name: 'Error', message: 'late' },
    ],
    [
      'something thrown that is no error',
      { code: `throw { reason: 5 };` },
      { message: '{"reason":5} was thrown.' },
    ],
    ['nothing thrown', { code: `throw undefined;` }, { message: 'undefined was thrown.' }],
    [
      'an error whose parts are no text',
      { code: `throw Object.assign(new Error('x'), { name: 5, message: Symbol('s'), stack: {} });` },
      { name: '5', message: 'Symbol(s)' },
    ],
    [
      'an error that cannot be read',
      {
        code: `throw new Proxy(new Error('x'), { get() { throw new Error('no'); } });`,
      },
      { name: '', message: '' },
    ],
    [
      'a missing package',
      { code: `await $x.import('no-such-package');` },
      { message: expect.stringMatching(/no-such-package/) },
    ],
    ['a missing file', { code: '', settings: { files: ['nope.csv'] } }, { name: 'MissingFile' }],
    ['a file outside', { code: '', settings: { files: ['../x'] } }, { name: 'BadFile' }],
    [
      'a missing variable',
      { code: '', settings: { envFrom: ['TAGFLOW_TEST_NOT_SET'] } },
      { name: 'MissingVariable' },
    ],
    ['no end', { code: '' }, { name: 'NotFinished' }],
  ])('%s', async (_name, sketch, failure) => {
    const made = await run({ one: sketch });
    expect(made.state).toBe('failed');
    expect(step(made, 'one').failure).toMatchObject(failure);
    expect(await readRun(store, made.id)).toEqual(made);
  });

  test('a promise that was rejected before anything waited for it is told', async () => {
    const code = `const p = [Promise.reject(new Error('lost'))]; await new Promise((r) => setTimeout(r, 50)); await Promise.allSettled(p);`;
    const made = await run({ one: { code } });
    expect(step(made, 'one').failure).toMatchObject({ message: 'lost' });
    const log = (await readLog(store, made.id, 'one')).map((entry) => entry.text).join('');
    expect(log).toMatch(/^A promise was rejected before anything waited for it/);
  });

  test('a step may spoil its own process', async () => {
    const spoil = 'process.removeAllListeners(); process.send = undefined; process.exit = () => {};';
    const made = await run({ one: { code: `${spoil} await $x.finish({});` } });
    expect(made.state).toBe('succeeded');
  });

  test.each([
    'Object.prototype.then = (resolve) => resolve(1);',
    'Array.prototype.filter = () => { throw 1 }; throw new Error("no");',
  ])('a step that makes nonsense of its words fails, and nothing else: %s', async (spoil) => {
    const made = await run({
      one: { code: `await $x.finish({}); ${spoil}` },
      two: { code: 'await $x.finish({});' },
    });
    expect(made.steps.map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    expect(await readRun(store, made.id)).toEqual(made);
  });

  test.each([
    [
      'stops the clock',
      'globalThis.Date = class extends Date { constructor() { super(0) } static now() { return 0 } }; ',
    ],
    [
      'stops it, and fails',
      'globalThis.Date = class extends Date { constructor() { super(0) } }; throw new Error("no");',
    ],
  ])('a step that %s has the times of the others', async (_, code) => {
    const made = await run({ one: { code: `${code} await $x.finish({});` } });
    const { started, ended } = step(made, 'one');
    expect(Date.parse(ended!)).toBeGreaterThanOrEqual(Date.parse(started!));
  });

  test('what a step has started ends with it', async () => {
    const made = await run(
      keeps(`(await $x.import('node:child_process')).spawn('sleep', ['60'], { detached: false }).pid`),
    );
    const pid = (await value(made, 'x')) as number;
    await ended(pid);
  });

  test('who watches the processes of a run ends with them', async () => {
    const groups = new ProcessGroups();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1e6)'], { detached: true });
    groups.add(child);
    groups.close();
    expect(child.kill('SIGKILL')).toBe(true);
    await ended(groups['watchdog']!.pid!);
  });

  test('a stop ends what runs, starts nothing more, and is recorded', async () => {
    const controller = new AbortController();
    const made = await run(
      {
        one: { code: `console.log('here'); for (;;);`, produces: ['x'] },
        two: { code: 'await $x.finish({})', consumes: ['x'] },
      },
      {
        signal: controller.signal,
        onEvent: (event: { type: string }) => event.type === 'log' && controller.abort(),
      },
    );
    expect([made.state, ...made.steps.map((each) => each.state)]).toEqual(['stopped', 'stopped', 'pending']);
    expect(await readRun(store, made.id)).toEqual(made);
  });
});

test('what every process makes for itself is one with what came of it, where it is the same', async () => {
  const makes = (n: number) => `const T = [{ n: ${n} }]; $x.guard('T', () => T);`;
  const looks = (n: number, name: string): Sketch => ({
    code: `${makes(n)} const [t, list] = [$x.input('c#t'), $x.input('c#list')];
      const ${name} = [T.indexOf(t), list.includes(T)]; await $x.finish({ 'c#${name}': () => ${name} });`,
    consumes: ['t', 'list'],
    produces: [name],
  });
  const made = await run({
    one: {
      code: `${makes(1)} const t = T[0], list = [T]; await $x.finish({ 'c#t': () => t, 'c#list': () => list });`,
      produces: ['t', 'list'],
    },
    two: looks(1, 'same'),
    three: looks(2, 'other'),
  });
  expect([await value(made, 'same'), await value(made, 'other')]).toEqual([
    [0, true],
    [-1, false],
  ]);
});

describe("a step's place", () => {
  test('time zone, locale, environment', async () => {
    process.env['TAGFLOW_TEST_UNDECLARED'] = 'x';
    process.env['TAGFLOW_TEST_FROM'] = 'from';
    const expression = `{ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.NumberFormat().resolvedOptions().locale, env: { ...process.env } }`;
    const made = await run(
      keeps(expression, { settings: { env: { A: 'a' }, envFrom: ['TAGFLOW_TEST_FROM'] } }),
    );
    const place = (await value(made, 'x')) as { zone: string; locale: string; env: Record<string, string> };
    expect([place.zone, place.locale]).toEqual(['UTC', 'en-US']);
    expect(place.env).toMatchObject({ A: 'a', TAGFLOW_TEST_FROM: 'from', TZ: 'UTC' });
    expect(place.env['TAGFLOW_TEST_UNDECLARED']).toBeUndefined();
  });

  test('the working directory holds the declared files alone, and is removed', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/a.csv'), '1,2');
    writeFileSync(join(folder, 'b.csv'), '3');
    const made = await run(
      keeps(
        `{ cwd: process.cwd(), all: (await $x.import('node:fs')).readdirSync('.', { recursive: true }) }`,
        { settings: { files: ['data/a.csv'] } },
      ),
    );
    const { cwd, all } = (await value(made, 'x')) as { cwd: string; all: string[] };
    expect(all.sort()).toEqual(['data', 'data/a.csv']);
    expect(existsSync(cwd)).toBe(false);
  });

  test('output is logged as it comes, and told', async () => {
    const told: string[] = [];
    const made = await run(
      { one: { code: `console.log('out'); console.error('err'); await $x.finish({});` } },
      { onEvent: (event: { type: string; text: string }) => event.type === 'log' && told.push(event.text) },
    );
    expect(told.join('')).toMatch(/out\n/);
    expect((await readLog(store, made.id, 'one')).map(({ stream, text }) => stream + text).sort()).toEqual([
      'stderrerr\n',
      'stdoutout\n',
    ]);
  });

  test.each([
    ['ends', `await $x.finish({});`],
    ['exits', `process.exit(1);`],
    ['is killed', `process.kill(process.pid, 'SIGKILL');`],
  ])('all output of a process is logged that prints much and %s', async (_how, then) => {
    const made = await run({
      one: { code: `for (let i = 0; i < 100_000; i++) console.log('line ' + i); ${then}` },
    });
    const text = (await readLog(store, made.id, 'one')).map((entry) => entry.text).join('');
    expect(text.split('\n').slice(-2)).toEqual(['line 99999', '']);
    expect(text).toHaveLength(1_088_890);
  });

  test('secrets are masked in logs and failures, and refused in values', async () => {
    process.env['TAGFLOW_TEST_SECRET'] = 'hunter2hunter2';
    const settings = { secrets: ['TAGFLOW_TEST_SECRET'] };
    const code = `console.log('key ' + process.env.TAGFLOW_TEST_SECRET); const x = { key: process.env.TAGFLOW_TEST_SECRET }; await $x.finish({ 'c#x': () => x });`;
    const made = await run({ one: { code, produces: ['x'], consumed: false, settings } });
    expect((await readLog(store, made.id, 'one')).map((entry) => entry.text).join('')).toBe('key ***\n');
    expect(step(made, 'one').notKept).toEqual([{ name: 'x', reason: expect.stringMatching(/secret/) }]);
    const failed = await run({
      one: { code: `throw new Error('bad ' + process.env.TAGFLOW_TEST_SECRET)`, settings },
    });
    expect(step(failed, 'one').failure!.message).toBe('bad ***');
    const keyed = await run({
      one: {
        code: `const x = { [process.env.TAGFLOW_TEST_SECRET]: () => 1 }; await $x.finish({ 'c#x': () => x });`,
        produces: ['x'],
        consumed: false,
        settings,
      },
    });
    expect(step(keyed, 'one').notKept[0]!.reason).toMatch(/^x\.\*\*\* is a function/);
    const split = await run({
      one: {
        code: `const s = process.env.TAGFLOW_TEST_SECRET; process.stdout.write('a ' + s.slice(0, 5)); await new Promise((r) => setTimeout(r, 50)); process.stdout.write(s.slice(5) + ' ' + btoa('me:' + s)); await $x.finish({});`,
        settings,
      },
    });
    const log = (await readLog(store, split.id, 'one')).map((entry) => entry.text).join('');
    expect(log).toMatch(/^a \*\*\* \S*\*\*\*\S*$/);
    expect(JSON.stringify(await readRun(store, failed.id))).not.toContain('hunter2');
    expect(readdirSync(join(folder, '.tagflow'), { recursive: true }).length).toBeGreaterThan(0);
  });
});

const NUMBER_OR_UNDEFINED = { anyOf: [{ type: 'number' }, { 'x-typescript': 'undefined' }] };

const parameter = (type: string, value: unknown, schema?: object): Parameter => ({
  name: 'p',
  variable: 'c#p',
  type,
  value,
  cell: 'c',
  ...(schema ? { schema: schema as Parameter['schema'] } : {}),
});

test.each<[Parameter, string, unknown]>([
  [parameter('number', 1, { type: 'number' }), '2.5', 2.5],
  [parameter('string', 'a', { type: 'string' }), '2.5', '2.5'],
  [parameter('boolean', true, { type: 'boolean' }), 'false', false],
  [parameter('number[]', [1], { type: 'array', items: { type: 'number' } }), '[1,2]', [1, 2]],
  [parameter('"a" | "b"', 'a', { enum: ['a', 'b'] }), 'b', 'b'],
  [parameter('string | null', null, { anyOf: [{ type: 'string' }, { type: 'null' }] }), 'null', null],
  [parameter('string | number', 'a', { type: ['string', 'number'] }), '5', 5],
  [parameter('number | undefined', 1, NUMBER_OR_UNDEFINED), '5', 5],
  [parameter('string', 'a'), '5', '5'],
  [parameter('number', 5), '6', 6],
])('parameter %#', (each, text, expected) => {
  expect(parseParameter(each, text)).toEqual(expected);
});

test.each<[Parameter, string]>([
  [parameter('number', 1, { type: 'number' }), 'abc'],
  [parameter('number', 1, { type: 'number' }), '1e999'],
  [parameter('number[]', [1], { type: 'array', items: { type: 'number' } }), '[-1e999]'],
  [parameter('number | undefined', 1, NUMBER_OR_UNDEFINED), 'abc'],
  [parameter('"a" | "b"', 'a', { enum: ['a', 'b'] }), 'c'],
  [parameter('number[]', [1], { type: 'array', items: { type: 'number' } }), '["x"]'],
  [
    parameter(
      '{ a: number }',
      { a: 1 },
      { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
    ),
    '{}',
  ],
])('parameter %# is refused', (each, text) => {
  expect(() => parseParameter(each, text)).toThrow(/^Parameter p takes a value of type/);
});

test('a notebook is recorded without outputs, also one with cells that are none', () => {
  const cells = [null, 5, { cell_type: 'code', source: '1', outputs: [{}], execution_count: 3 }];
  expect(JSON.parse(withoutOutputs(JSON.stringify({ cells }))).cells).toEqual([
    null,
    5,
    { cell_type: 'code', source: '1', outputs: [], execution_count: null },
  ]);
});
