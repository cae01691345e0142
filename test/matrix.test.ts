/** Forms of graphs by what steps do by where they run: the same code gives the same values everywhere. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '../kernel/lib/store/file.js';
import { readRun } from '../kernel/lib/store/records.js';
import { BEHAVIOURS, SECRET } from './matrix/behaviours.ts';
import { HERE, NOTEBOOK, PODS, PROCESSES, type Place, setVariable, stepsOfRecords } from './matrix/place.ts';
import { SHAPES, type ShapeName, rowsOf } from './matrix/shapes.ts';
import { pipelineFrom } from './pipeline/notebook.ts';

/** Real processes take a second a notebook: each form and each behaviour once, on a diagonal through the table. */
const width = Object.keys(SHAPES).length;
const inProcesses = (shape: number, behaviour: number): boolean =>
  behaviour % width === shape || behaviour === 0;
/** The same, on another diagonal; test/cluster/matrix.test.ts has these on a real cluster. */
const inPods = (shape: number, behaviour: number): boolean => (behaviour + 1) % width === shape;

let store: FolderStore;
beforeAll(() => Object.entries(SECRET).forEach(([name, value]) => setVariable(name, value)));
beforeEach(() => {
  const fast = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  store = new FolderStore(join(mkdtempSync(join(fast, 'tagflow-matrix-')), 'store'));
});
afterEach(() => rmSync(join(store.location, '..'), { recursive: true, force: true }));

describe.each(Object.entries(SHAPES).map(([name], i) => [name as ShapeName, i] as const))(
  '%s',
  (shape, row) => {
    test.each(Object.entries(BEHAVIOURS).map(([name, behaviour], i) => [name, behaviour, i] as const))(
      '%s',
      async (_name, behaviour, column) => {
        if (behaviour.leftOut?.[shape]) return;
        const rows = rowsOf(shape, behaviour);
        expect(pipelineFrom(rows).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        const { parameters } = behaviour;
        const { values: expected } = await NOTEBOOK.run(rows, { store, parameters });
        expect(expected.get('end')!.size).toBeGreaterThan(1);
        const places: Place[] = [
          HERE,
          ...(inProcesses(row, column) ? [PROCESSES] : []),
          ...(inPods(row, column) ? [PODS] : []),
        ];
        for (const place of places) {
          const first = await place.run(rows, { store, parameters, cache: false });
          expect([place.name, first.run!.state, failuresOf(first.run!)]).toEqual([
            place.name,
            'succeeded',
            [],
          ]);
          expect([place.name, first.values]).toEqual([place.name, expected]);
          expect(await readRun(store, first.run!.id)).toEqual(first.run);
          expect(await stepsOfRecords(store, first.run!)).toEqual(first.run!.steps);
          // Whether results stand depends on the form more than on the values: a third of these shows it too.
          if (place === HERE && (row + column) % 3 !== 0) continue;
          const second = await place.run(rows, { store, parameters });
          expect([place.name, second.values]).toEqual([place.name, expected]);
          expect(second.run!.steps.filter(({ cached }) => !cached).map(({ name }) => name)).toEqual(['end']);
        }
      },
    );
  },
);

const failuresOf = (run: { steps: { failure?: { message: string } }[] }): string[] =>
  run.steps.flatMap(({ failure }) => (failure ? [failure.message] : []));
