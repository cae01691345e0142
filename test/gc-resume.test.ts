/** Removals between a run that failed and the one that goes on with it: what that needs is there, or is made again. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Run } from '@tagflow/schema';
import { originsOf, resultsOf } from '../kernel/lib/run/origin.js';
import { planRun } from '../kernel/lib/run/plan.js';
import type { RunOptions } from '../kernel/lib/run/runner.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readRun } from '../kernel/lib/store/records.js';
import { FAULTS, SECRET } from './matrix/faults.ts';
import { HERE, NOTEBOOK, type Values, setVariable, valuesOf } from './matrix/place.ts';
import { type ShapeName, rowsOf } from './matrix/shapes.ts';
import { FOLDER, type Row, pipelineFrom } from './pipeline/notebook.ts';
import { runHere } from './pipeline/values.ts';
import { carryOut, placeHere } from './pods/engine.ts';
import { DAY, collect, keysOf, makeOld } from './store/removal.ts';

/** What is wrong is not in the notebook: items of loops stand too. */
const FAULT = FAULTS['a secret is wrong']!;
const LOOPS: ShapeName[] = ['foreach', 'foreach in foreach', 'two foreach', 'mixed'];

let store: FolderStore;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const fast = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  store = new FolderStore(join(mkdtempSync(join(fast, 'tagflow-gc-resume-')), 'store'));
});
afterEach(() => {
  setVariable(SECRET, undefined);
  rmSync(join(store.location, '..'), { recursive: true, force: true });
});

/** A run that failed, long ago; what was wrong has been put right. */
async function failedRun(shape: ShapeName): Promise<{ rows: Row[]; failed: Run; expected: Values }> {
  const rows = rowsOf(shape, FAULT.wrong);
  setVariable(SECRET, FAULT.secret![0]);
  const failed = (await HERE.run(rows, { store })).run!;
  expect(failed.state).toBe('failed');
  setVariable(SECRET, FAULT.secret![1]);
  const { values: expected } = await NOTEBOOK.run(rows, { store });
  makeOld(store);
  return { rows, failed, expected };
}

/** How many steps and items of a run were not made again. */
const taken = ({ steps }: Run): number =>
  steps.reduce(
    (sum, { cached, loops = [] }) =>
      sum + Number(cached !== undefined) + loops.reduce((all, loop) => all + (loop.cached ?? 0), 0),
    0,
  );

const goOn = async (
  rows: readonly Row[],
  options: Pick<RunOptions, 'resumed' | 'origin' | 'onEvent'>,
): Promise<{ run: Run; values: Values }> => {
  const pipeline = pipelineFrom(rows);
  const run = await runHere(pipeline, store, options);
  return { run, values: valuesOf(run, pipeline) };
};

const REMOVALS = {
  'of what nothing needs': { grace: DAY },
  'of all that nothing needs, however young': { grace: 0 },
  'of the run': { grace: DAY, olderThan: 0, keep: 0 },
};

describe.each(LOOPS)('%s', (shape) => {
  test.each(Object.entries(REMOVALS))(
    'a removal %s before its results are looked up',
    async (name, options) => {
      const { rows, failed, expected } = await failedRun(shape);
      const garbage = await collect(store, options);
      const isGone = name === 'of the run';
      expect(garbage.runs).toEqual(isGone ? [failed.id] : []);
      const { run, values } = await HERE.run(rows, { store, from: failed });
      expect(values).toEqual(expected);
      expect(taken(run!) > 0).toBe(!isGone);
    },
  );

  test('a removal of the run after its results are looked up', async () => {
    const { rows, failed, expected } = await failedRun(shape);
    const resumed = await resultsOf(store, failed.id);
    expect(resumed.size).toBeGreaterThan(1);
    await collect(store, REMOVALS['of the run']);
    const { run, values } = await goOn(rows, { resumed, origin: { run: failed.id, kind: 'retry' } });
    expect(values).toEqual(expected);
    expect(run.steps[0]!.cached).toBeUndefined();
  });

  test('removals while the run goes on', async () => {
    const { rows, failed, expected } = await failedRun(shape);
    const resumed = await resultsOf(store, failed.id);
    const removals: Promise<unknown>[] = [];
    const { values } = await goOn(rows, {
      resumed,
      origin: { run: failed.id, kind: 'retry' },
      onEvent: () => void removals.push(collect(store, { grace: DAY, keep: 1 })),
    });
    expect(values).toEqual(expected);
    const found = await Promise.all(removals);
    expect(found.some((garbage) => (garbage as { runs: string[] }).runs.includes(failed.id))).toBe(true);
  });

  test('whichever one file is gone', async () => {
    const { rows, failed, expected } = await failedRun(shape);
    const whole = store.location;
    const keys = keysOf(store).filter((key) => /^(blobs|keys|programs|runs)/.test(key));
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) {
      store = new FolderStore(join(whole, '..', 'one'));
      cpSync(whole, store.location, { recursive: true });
      rmSync(join(store.location, key));
      const { values } = await HERE.run(rows, { store, from: failed });
      expect([key, values]).toEqual([key, expected]);
      rmSync(store.location, { recursive: true });
    }
  }, 300_000);
});

test.each([{ grace: DAY }, { grace: 0 }])(
  'what stays with its run stands for later ones, also where values share objects: %j',
  async (options) => {
    const pipeline = pipelineFrom([
      ['none', 'import { foreach } from "tagflow"'],
      ['step:load', 'const rows = [{ a: 1 }, { a: 2 }]; const first = rows[0]!'],
      ['step:each', 'const same = await foreach(rows, (row) => ({ row, first }))'],
      ['step:use', 'const at = [rows.indexOf(first), same[0]!.row === same[0]!.first]', { cache: true }],
    ]);
    await runHere(pipeline, store);
    makeOld(store);
    const garbage = await collect(store, options);
    expect([garbage.blobs, garbage.cached, garbage.bytes]).toEqual([[], [], 0]);
    expect(taken(await runHere(pipeline, store))).toBe(5);

    makeOld(store);
    const gone = await collect(store, { grace: 0, keep: 0, olderThan: -DAY });
    expect(gone.runs.length).toBe(2);
    expect(keysOf(store).filter((key) => /^(blobs|keys|runs)/.test(key))).toEqual([]);
  },
);

test('a run that went on, of which the first is gone, is gone on with', async () => {
  const { rows, failed, expected } = await failedRun('mixed');
  setVariable(SECRET, FAULT.secret![0]);
  const second = (await HERE.run(rows, { store, from: failed })).run!;
  expect(second.state).toBe('failed');
  makeOld(store);
  expect((await collect(store, { grace: DAY, keep: 1 })).runs).toEqual([failed.id]);
  expect(await originsOf(store, { origin: { run: second.id, kind: 'retry' } })).toEqual([
    second.id,
    failed.id,
  ]);
  setVariable(SECRET, FAULT.secret![1]);
  const { run, values } = await HERE.run(rows, { store, from: second });
  expect(values).toEqual(expected);
  expect(taken(run!)).toBeGreaterThan(1);
});

describe('in pods', () => {
  const place = async (rows: readonly Row[], failed?: Run) => {
    const plan = planRun(pipelineFrom(rows));
    const origin = failed && { run: failed.id, kind: 'retry' as const };
    const { start, done } = await placeHere(plan, store, { ...(origin ? { origin } : {}) });
    return { plan, done, id: start.id };
  };
  const finish = async ({ plan, done, id }: Awaited<ReturnType<typeof place>>): Promise<Values> => {
    await carryOut(plan, done, { run: id, store: store.location, project: FOLDER });
    return valuesOf(await readRun(store, id), plan.pipeline);
  };

  test('a removal of the run that failed, once the one that goes on is submitted', async () => {
    const { rows, failed, expected } = await failedRun('foreach');
    const placed = await place(rows, failed);
    expect(placed.done).toEqual(['a']);
    expect((await collect(store, { grace: DAY, keep: 1 })).runs).toEqual([failed.id]);
    expect(await finish(placed)).toEqual(expected);
  }, 60_000);

  test('a run that waits for longer than any removal', async () => {
    const { rows, failed, expected } = await failedRun('foreach');
    const placed = await place(rows, failed);
    makeOld(store);
    await collect(store, { grace: DAY, keep: 1 });
    expect(await finish(placed)).toEqual(expected);
  }, 60_000);
});
