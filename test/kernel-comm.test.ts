/** What the extension asks over the comm `tagflow`. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { resultOf, temporary, TestKernel } from './jupyter/client.ts';
import { type Ask, cell, COMM, notebook, openComm } from './jupyter/comm.ts';

let kernel: TestKernel;
const store = temporary();
let ask: Ask;

beforeAll(async () => {
  // Elsewhere than the notebook, so that programs find no packages above them.
  kernel = await TestKernel.start({ env: { TAGFLOW_STORE: store } });
  ask = openComm(kernel);
}, 60_000);
afterAll(async () => {
  await kernel.end();
  rmSync(store, { recursive: true, force: true });
});

const threeSteps = notebook(
  cell('p', 'const size: number = 3', 'parameters'),
  cell('a', 'const rows = Array.from({ length: size }, (_, i) => ({ id: i }))', 'step:load'),
  cell(
    'b',
    "const total = rows.reduce((sum, row) => sum + row.id, 0); console.log('total', total)",
    'step:sum',
  ),
  cell('c', 'const doubled = total * 2', 'step:double'),
);

describe('analyse', () => {
  test('gives the pipeline without the programs’ sources', async () => {
    const [reply] = await ask({ type: 'analyse', notebook: threeSteps, path: 'three.ipynb' });
    expect(reply).toMatchObject({ type: 'pipeline', pipeline: { name: 'three' } });
    const { steps } = reply.pipeline;
    expect(steps.map(({ name }: { name: string }) => name)).toEqual(['load', 'sum', 'double']);
    expect(steps.flatMap(({ programs }: any) => programs.map(({ source }: any) => source)).join('')).toBe('');
  });

  test('is answered while a cell runs', async () => {
    const running = kernel.startCell('for (;;);');
    await kernel.inbox.iopub.take(
      ({ header, parent }) => parent.msg_id === running && header.msg_type === 'execute_input',
    );
    expect((await ask({ type: 'analyse', notebook: threeSteps }))[0].type).toBe('pipeline');
    await kernel.interrupt();
    await kernel.executed(running);
  });

  test('of what is no notebook is an error with a sentence', async () => {
    const [reply] = await ask({ type: 'analyse', notebook: { cells: 3 } });
    expect(reply.type).toBe('error');
    expect(reply.message).not.toMatch(/\n|Error:/);
  });
});

describe('run', () => {
  let run: string;

  test('tells states and logs until it has ended', async () => {
    const parameters = { size: 4 };
    const replies = await ask({ type: 'run', notebook: threeSteps, path: 'three.ipynb', parameters });
    const last = replies.at(-1);
    expect(last).toMatchObject({
      type: 'run',
      done: true,
      run: { state: 'succeeded', parameters, trigger: 'notebook' },
    });
    const logs = replies.filter(({ type, step }) => type === 'log' && step === 'sum');
    expect(logs.map(({ text }) => text).join('')).toBe('total 6\n');
    run = last.run.id;
  }, 60_000);

  test('is listed and shown afterwards, with its artifacts and logs', async () => {
    const [{ runs }] = await ask({ type: 'runs', limit: 5 });
    expect(runs.map(({ id }: { id: string }) => id)).toContain(run);
    const [shown] = await ask({ type: 'show', run });
    expect(shown).toMatchObject({ run: { id: run, state: 'succeeded' }, document: { name: 'three' } });
    const [artifact] = await ask({ type: 'artifact', run, step: 'double', name: 'doubled' });
    expect(artifact).toMatchObject({ artifact: { name: 'doubled', type: 'number' }, value: 12 });
    const logs = await ask({ type: 'logs', run, step: 'sum' });
    expect(logs.map(({ text }) => text).join('')).toBe('total 6\n');
  });

  test('tells of each attempt of what was tried again, and what it wrote', async () => {
    const code = `
      import { existsSync, writeFileSync } from "node:fs";
      const known = existsSync(${JSON.stringify(join(store, 'known'))});
      console.log(known ? 'again' : 'first');
      if (!known) { writeFileSync(${JSON.stringify(join(store, 'known'))}, ''); throw new RangeError('not yet'); }
      const done = true;`;
    const flaky = cell('a', code, 'step:flaky');
    const source = notebook({ ...flaky, metadata: { ...flaky.metadata, tagflow: { retries: 1 } } });
    const replies = await ask({ type: 'run', notebook: source, parameters: {} });
    const logs = replies.filter(({ type }) => type === 'log');
    expect([...new Set(logs.map(({ attempt }) => attempt))]).toEqual(['0/1', '0/2']);
    const { id: run } = replies.at(-1).run;
    const [{ attempts, more }] = await ask({ type: 'attempts', run, step: 'flaky' });
    expect([attempts.length, more]).toEqual([2, 0]);
    expect(attempts).toMatchObject([
      {
        key: '0/1',
        place: { segment: 0, attempt: 1 },
        state: 'failed',
        failure: { name: 'RangeError', message: 'not yet', cell: 'a' },
      },
      { place: { segment: 0, attempt: 2 }, state: 'succeeded' },
    ]);
    const written = async (attempt: object) =>
      (await ask({ type: 'logs', run, step: 'flaky', attempt })).map(({ text }) => text).join('');
    expect(await written(attempts[0].place)).toMatch(/^first\n/);
    expect(await written(attempts[1].place)).toBe('again\n');
  });

  test('of a pipeline with errors is refused with its diagnostics', async () => {
    const wrong = notebook(cell('a', 'const one: string = 1', 'step:one'));
    const [reply] = await ask({ type: 'run', notebook: wrong, parameters: {} });
    expect(reply).toMatchObject({ type: 'error', diagnostics: [{ code: 'TS2322', cell: 'a' }] });
  });

  test('can be stopped', async () => {
    const slow = notebook(cell('a', 'await new Promise((done) => setTimeout(done, 60_000))', 'step:wait'));
    const id = 'to-be-stopped';
    kernel.send('comm_msg', { comm_id: COMM, data: { id, type: 'run', notebook: slow, parameters: {} } });
    const of = (wanted: (data: any) => boolean) => (message: any) =>
      message.header.msg_type === 'comm_msg' &&
      message.content.data.id === id &&
      wanted(message.content.data);
    const { content } = await kernel.inbox.iopub.take(
      of(({ run: { steps } }) => steps?.[0]?.state === 'running'),
    );
    const [stopped] = await ask({ type: 'stop', run: content['data'].run.id });
    expect(stopped.type).toBe('stopped');
    const last = await kernel.inbox.iopub.take(of(({ done }) => done === true));
    expect(last.content['data'].run.state).toBe('stopped');
  }, 60_000);
});

describe('going on with a run', () => {
  const path = 'going-on.ipynb';
  const flag = join(store, 'flag');
  const made = (value: number) =>
    notebook(
      cell('i', 'import { existsSync } from "node:fs"'),
      cell('a', 'const rows = [1, 2, 3]', 'step:load'),
      cell(
        'b',
        `if (!existsSync(${JSON.stringify(flag)})) throw new Error("no flag")\nconst sum = rows.length + ${value}`,
        'step:sum',
      ),
    );
  let failed: string;

  test('a failed run is resumed with the notebook as it is now', async () => {
    const first = (await ask({ type: 'run', notebook: made(1), path, parameters: {} })).at(-1).run;
    expect(first).toMatchObject({ state: 'failed', steps: [{ state: 'succeeded' }, { state: 'failed' }] });
    failed = first.id;
    writeFileSync(flag, '');
    const { run } = (await ask({ type: 'resume', run: failed, notebook: made(2), path })).at(-1);
    expect(run).toMatchObject({
      state: 'succeeded',
      origin: { run: failed, kind: 'resume' },
      steps: [{ cached: failed }, { state: 'succeeded' }],
    });
    const [{ value }] = await ask({ type: 'artifact', run: run.id, step: 'sum', name: 'sum' });
    expect(value).toBe(5);
  }, 60_000);

  test('or retried as it was, and the pipeline of then comes first', async () => {
    const replies = await ask({ type: 'retry', run: failed });
    expect(replies[0]).toMatchObject({ document: { name: 'going-on' }, run: { origin: { kind: 'retry' } } });
    expect(replies.slice(1).filter(({ document }) => document)).toEqual([]);
    const { run } = replies.at(-1);
    expect(run).toMatchObject({ state: 'succeeded', steps: [{ cached: failed }, {}] });
    const [{ value }] = await ask({ type: 'artifact', run: run.id, step: 'sum', name: 'sum' });
    expect(value).toBe(4);
  }, 60_000);

  test('a run of another notebook is not resumed with this one', async () => {
    const [reply] = await ask({ type: 'resume', run: failed, notebook: made(1), path: 'other.ipynb' });
    expect(reply).toMatchObject({ type: 'error' });
    expect(reply.message).toMatch(/going-on\.ipynb: open that notebook to resume it/);
  });

  test('everything runs where earlier results may not stand', async () => {
    const parameters = {};
    const { run } = (await ask({ type: 'run', notebook: made(2), path, parameters, cache: false })).at(-1);
    expect(run.steps.map(({ cached }: any) => cached)).toEqual([undefined, undefined]);
  }, 60_000);

  test('what would run again is told, with reasons, while a cell runs', async () => {
    const rows = (source: string) =>
      notebook(cell('a', source, 'step:load'), cell('b', 'const n = rows.length', 'step:n'));
    const asked = { type: 'stale', parameters: {} };
    await ask({ type: 'analyse', notebook: rows('const rows = [1]'), path: 'stale.ipynb' });
    expect((await ask(asked))[0].steps).toMatchObject([
      { step: 'load', stale: true, reasons: ['there is no result for it yet'] },
      { step: 'n', stale: true },
    ]);
    await ask({ type: 'run', notebook: rows('const rows = [1]'), path: 'stale.ipynb', parameters: {} });
    expect((await ask(asked))[0].steps[0]).toEqual({ step: 'load', stale: false, reasons: [] });
    await ask({ type: 'analyse', notebook: rows('const rows = [1, 2]'), path: 'stale.ipynb' });
    const running = kernel.startCell('for (;;);');
    const [{ steps }] = await ask(asked);
    await kernel.interrupt();
    await kernel.executed(running);
    expect(steps[0]).toMatchObject({ step: 'load', stale: true, reasons: [expect.stringMatching(/\w/)] });
  }, 60_000);
});

test('a local file with a state of its own gives the same in cells and in steps', async () => {
  writeFileSync(
    join(kernel.directory, 'counter.ts'),
    'import { base } from "./base"; let n = base; export const count = () => ++n; export default count;',
  );
  writeFileSync(join(kernel.directory, 'base.ts'), 'export const base = 10;');
  const cells: [id: string, source: string, tag?: string][] = [
    ['i', 'import first, { count } from "./counter"; import * as all from "./counter"'],
    ['s', 'const limit = Math.sqrt(400)', 'setup'],
    ['a', 'const x = [count(), first(), limit]', 'step:a'],
    ['b', 'const y = [...x, all.count()]', 'step:b'],
    ['c', 'const { count: own } = await import("./counter"); const z = [...y, own(), count()]', 'step:c'],
  ];
  const steps = notebook(...cells.map(([id, source, tag]) => cell(id, source, ...(tag ? [tag] : []))));
  await ask({ type: 'analyse', notebook: steps });
  for (const [id, source] of cells) {
    const { reply } = await kernel.execute(source, {}, {}, { cellId: id });
    expect([reply['status'], reply['evalue']]).toEqual(['ok', undefined]);
  }
  const shown = resultOf(await kernel.execute('JSON.stringify(z)'))?.['text/plain'];
  const run = (await ask({ type: 'run', notebook: steps, parameters: {} })).at(-1);
  expect(run).toMatchObject({ run: { state: 'succeeded' } });
  const [{ value }] = await ask({ type: 'artifact', run: run.run.id, step: 'c', name: 'z' });
  expect(value).toEqual([11, 12, 20, 11, 11, 12]);
  expect(shown).toBe(`'${JSON.stringify(value)}'`);
}, 60_000);

test('local files import packages when a step comes to them, and take from them what they take in cells', async () => {
  const files: Record<string, string> = {
    'node_modules/callable/package.json': '{ "name": "callable", "main": "index.js" }',
    'node_modules/callable/index.js':
      'module.exports = function call() { return module.exports.state; }; module.exports.state = process.env.SET;',
    'node_modules/compiled/package.json': '{ "name": "compiled", "main": "index.js" }',
    'node_modules/compiled/index.js':
      'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 1; exports.other = 2;',
    'node_modules/modern/package.json': '{ "name": "modern", "type": "module", "exports": "./index.js" }',
    'node_modules/modern/index.js': 'export const modern = 4; export default 5; export const late = 6;',
    'types.ts': 'export interface Row { a: number }',
    'uses.ts': [
      'import type { Unused } from "./types"; import { Row } from "./types";',
      'import call, { state as own } from "callable"; import * as compiled from "compiled";',
      'import {',
      '  modern,',
      '} from "modern"; import { html } from "tagflow"; import { join } from "node:path";',
      'export { late as again, default } from "modern"; export * as all from "modern";',
      'export const row: Row = { a: modern };',
      'export const of = async () => [call(), own, Object.keys(compiled).sort(), typeof (compiled as any).default,',
      '  typeof html, join("a", "b"), row, (await import("modern")).late];',
    ].join('\n'),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(kernel.directory, path)), { recursive: true });
    writeFileSync(join(kernel.directory, path), text);
  }
  const cells: [id: string, source: string, tag?: string][] = [
    ['s', 'process.env.SET = "by setup"; const limit = Math.sqrt(400)', 'setup'],
    ['i', 'import five, { again, all, of } from "./uses"'],
    ['a', 'const x: unknown[] = [...(await of()), five, again, all.modern, limit]', 'step:a'],
    ['b', 'const y = x.length', 'step:b'],
  ];
  const steps = notebook(...cells.map(([id, source, tag]) => cell(id, source, ...(tag ? [tag] : []))));
  const [{ pipeline }] = await ask({ type: 'analyse', notebook: steps });
  expect(pipeline.diagnostics.filter(({ severity }: any) => severity === 'error')).toEqual([]);
  for (const [id, source] of cells) {
    const { reply } = await kernel.execute(source, {}, {}, { cellId: id });
    expect([reply['status'], reply['evalue']]).toEqual(['ok', undefined]);
  }
  const shown = resultOf(await kernel.execute('JSON.stringify(x)'))?.['text/plain'];
  const run = (await ask({ type: 'run', notebook: steps, parameters: {} })).at(-1);
  expect(run.run.steps.map(({ failure }: any) => failure)).toEqual([undefined, undefined]);
  const [{ value }] = await ask({ type: 'artifact', run: run.run.id, step: 'a', name: 'x' });
  expect(shown).toBe(`'${JSON.stringify(value)}'`);
  expect(value.slice(0, 2)).toEqual(['by setup', 'by setup']);
}, 60_000);

describe('what cannot be done is an error with a sentence', () => {
  const cases: [name: string, request: object, sentence: RegExp][] = [
    ['an unknown request', { type: 'dance' }, /does not know this request/],
    ['a request without its fields', { type: 'show' }, /does not know this request/],
    ['an unknown run', { type: 'show', run: 'nothing' }, /nothing/],
    ['stopping what does not run', { type: 'stop', run: 'nothing' }, /No run has an id that begins with/],
  ];
  test.each(cases)('%s', async (_, request, sentence) => {
    const [reply] = await ask(request);
    expect(reply.type).toBe('error');
    expect(reply.message).toMatch(sentence);
    expect(reply.message).not.toMatch(/\n/);
  });
});
