/** Forms of graphs by what goes wrong by places: each tells the same of it, and goes on with what is missing alone. */
import { jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run, StepRun } from '@tagflow/schema';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readLog } from '../kernel/lib/store/log.js';
import { readRun } from '../kernel/lib/store/records.js';
import { BEHAVIOURS } from './matrix/behaviours.ts';
import { FAULTS, type Fault, SECRET, attemptsOf, spotOf, toldOf } from './matrix/faults.ts';
import * as places from './matrix/place.ts';
import { SHAPES, type ShapeName, rowsOf } from './matrix/shapes.ts';
import { pipelineFrom, type Row } from './pipeline/notebook.ts';
import { CellFailed } from './pipeline/values.ts';

const { HERE, NOTEBOOK, PODS, PROCESSES, setVariable } = places;

/** Real processes: each form once and each fault once or twice, on two diagonals through the table. */
const width = Object.keys(FAULTS).length;
const placesOf = (shape: number, fault: number): places.Place[] => {
  const { leftOut } = Object.values(FAULTS)[fault]!;
  return [
    ...(leftOut?.['this process'] ? [] : [HERE]),
    ...(shape % width === fault ? [PROCESSES] : []),
    ...((shape + 3) % width === fault ? [PODS] : []),
  ];
};

let store: FolderStore;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const fast = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  store = new FolderStore(join(mkdtempSync(join(fast, 'tagflow-faults-')), 'store'));
});
afterEach(() => {
  setVariable(SECRET, undefined);
  rmSync(join(store.location, '..'), { recursive: true, force: true });
});

describe.each(Object.keys(SHAPES).map((name, i) => [name as ShapeName, i] as const))('%s', (shape, row) => {
  const faults = Object.entries(FAULTS).map(([name, fault], i) => [name, fault, i] as const);
  test.each(faults.filter(([, , column]) => placesOf(row, column).length > 0))(
    '%s',
    async (_name, fault, column) => {
      const { mended = fault.wrong } = fault;
      const [wrongSecret, rightSecret] = fault.secret ?? [];
      const [before, after] = [rowsOf(shape, fault.wrong), rowsOf(shape, mended)];
      const [told, spot] = [toldOf(shape, fault), spotOf(shape, fault)];
      fault.reset?.();
      setVariable(SECRET, wrongSecret);
      const isInNotebook = !fault.leftOut?.notebook;
      const thrown = isInNotebook ? await thrownInNotebook(before) : undefined;
      expect(thrown !== undefined).toBe(spot !== undefined && isInNotebook);
      setVariable(SECRET, rightSecret);
      const { values: expected } = await NOTEBOOK.run(after, { store });
      const stories: unknown[] = [];
      for (const place of placesOf(row, column)) {
        fault.reset?.();
        setVariable(SECRET, wrongSecret);
        const running = place.run(before, { store, cache: false });
        if (fault.refusedBy?.places.includes(place.name)) {
          await expect(running).rejects.toThrow(fault.failure![1]);
          continue;
        }
        const first = (await running).run!;
        expect([place.name, statesOf(first)]).toEqual([place.name, told.steps]);
        await expectRecorded(first);
        stories.push(places.storyOf(first, pipelineFrom(before), fault.advice));
        expect([place.name, stories.at(-1)]).toEqual([place.name, stories[0]]);
        expect(strayValues(first, expected)).toEqual([]);
        if (told.items) expect(itemsOf(first, before, 'succeeded')).toBe(told.items);
        if (spot)
          await expectSpot(place, first, spot, { ...fault, attempts: attemptsOf(shape, fault) }, thrown);

        setVariable(SECRET, rightSecret);
        const { run: second, values } = await place.run(after, { store, cache: false, from: first });
        expect([place.name, values]).toEqual([place.name, expected]);
        expect(second!.steps.filter(({ cached }) => cached).map(({ name }) => name)).toEqual(
          first.steps.filter(hasSucceeded).map(({ name }) => name),
        );
        if (told.items && !fault.mended) expect(itemsOf(second!, before, 'cached')).toBe(told.items);
      }
      for (const secret of fault.secret ?? []) expect(filesWith(secret)).toEqual([]);
    },
    120_000,
  );
});

test.each(Object.keys(SHAPES) as ShapeName[])('%s: what a skipped cell declares is refused', (shape) => {
  const rows = rowsOf(shape, {
    ...BEHAVIOURS['cells that are skipped']!,
    before: [
      ['none', 'const scaled = (n: number) => n * 2;'],
      ['skip', 'const scaled = (n: number) => n * 3;'],
    ],
  });
  const { diagnostics } = pipelineFrom(rows);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const users = rows.flatMap(([tag, source], i) =>
    tag.startsWith('step:') && source.includes('scaled(') ? [`c${i + 1}`] : [],
  );
  expect(users.length).toBeGreaterThan(1);
  expect([...new Set(errors.map(({ code }) => code))]).toEqual(['TF302']);
  expect([...new Set(errors.map(({ cell }) => cell))]).toEqual(users);
});

interface Thrown {
  message: string;
  cell: string;
  line: number;
}

/** What the first cell that throws tells, as the kernel would. */
async function thrownInNotebook(rows: readonly Row[]): Promise<Thrown | undefined> {
  try {
    await NOTEBOOK.run(rows, { store });
    return undefined;
  } catch (error) {
    if (!(error instanceof CellFailed && error.cause)) throw error;
    const { message, stack } = error.cause as Error;
    const [, cell, line] = /\bcell-(\w+):(\d+)/.exec(stack!)!;
    return { message, cell: cell!, line: Number(line) };
  }
}

async function expectSpot(
  place: places.Place,
  run: Run,
  spot: string,
  { failure, attempts = 1, secret, log }: Fault,
  thrown: Thrown | undefined,
): Promise<void> {
  const step = run.steps.find(({ name }) => name === spot)!;
  expect([place.name, step.attempts]).toEqual([place.name, attempts]);
  expect([step.failure?.name, step.failure?.message]).toEqual(
    failure ? [failure[0], expect.stringMatching(failure[1])] : [undefined, undefined],
  );
  if (failure && thrown) {
    const { message, cell, line } = step.failure!;
    const said = thrown.message.replace(secret?.[0] ?? /^$/, '***');
    expect(message.replace(/ \(at item 0 \(1\) of its loop\)$/, '')).toBe(said);
    // In this process, frames are not told by cell.
    if (place !== HERE) expect([cell, line]).toEqual([thrown.cell, thrown.line]);
  }
  if (log && place !== HERE) {
    const pieces = await readLog(store, run.id, spot);
    expect(pieces.map(({ text }) => text).join('')).toMatch(log);
  }
}

/** The records say the same as the run that was returned. */
async function expectRecorded(run: Run): Promise<void> {
  expect(await readRun(store, run.id)).toEqual(run);
  const told = run.steps.map((step) => (step.state === 'omitted' ? { ...step, state: 'pending' } : step));
  expect(await places.stepsOfRecords(store, run)).toEqual(told);
}

/** What steps that succeeded have made otherwise than they should. */
const strayValues = ({ steps }: Run, expected: places.Values): string[] =>
  steps
    .filter(hasSucceeded)
    .flatMap(({ name, outputs }) =>
      outputs
        .filter(({ variable, digest }) => expected.get(name)!.get(variable) !== digest)
        .map((output) => `${name} ${output.name}`),
    );

const statesOf = ({ steps }: Run): string => steps.map(({ name, state }) => `${name} ${state}`).join(', ');

const hasSucceeded = ({ state }: StepRun): boolean => state === 'succeeded' || state === 'skipped';

/** Of how many items of each loop something is so. */
const itemsOf = ({ steps }: Run, rows: readonly Row[], count: 'succeeded' | 'cached'): string =>
  steps
    .flatMap((step) => places.outerLoops(step, pipelineFrom(rows)))
    .map((loop) => `${loop[count] ?? 0} of ${loop.total}`)
    .join(', ');

function filesWith(text: string): string[] {
  return readdirSync(store.location, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(store.location, name);
    return statSync(file).isFile() && readFileSync(file).includes(text);
  });
}
