/** A step's process that starts from few files behaves as one that starts from all. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from '../kernel/lib/store/codec.js';
import { getBlob } from '../kernel/lib/store/content.js';
import { openStore } from '../kernel/lib/store/location.js';
import { startRun } from '../kernel/lib/run/start.js';
import { makeStepFile, stepFile } from '../kernel/lib/run/step-file.js';
import { notebookText, pipelineOfText } from './pipeline/notebook.ts';

jest.setTimeout(120_000);

const home = mkdtempSync(join(tmpdir(), 'tagflow-cache-'));
const before = process.env['XDG_CACHE_HOME'];
beforeAll(() => {
  process.env['XDG_CACHE_HOME'] = home;
});
afterAll(() => {
  if (before === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = before;
  rmSync(home, { recursive: true, force: true });
});

const NOTEBOOK = notebookText([
  [
    'step:make',
    'class Point { constructor(readonly x: number) {} }\nconst points = [new Point(1), new Point(2)];',
  ],
  [
    'step:read',
    // The library decodes with the codec of the process, and finds the run's place.
    "import { runs } from 'tagflow';\nconst past = await runs.list();\nconst count = past.length;\nconst sum = points[0]!.x + points[1]!.x;",
  ],
  ['step:fail', "if (sum > 0) (() => { throw new RangeError('too much'); })();\nconst never = sum;"],
]);

/** What a run in a new folder says of values and failures. */
async function runAgain(): Promise<object> {
  const directory = mkdtempSync(join(tmpdir(), 'tagflow-step-'));
  try {
    const pipeline = pipelineOfText(NOTEBOOK);
    const { steps } = await startRun({ notebook: NOTEBOOK, directory, pipeline, trigger: 'command' });
    const store = openStore(directory);
    return await Promise.all(
      steps.map(async ({ name, state, outputs, failure }) => ({
        name,
        state,
        failure: failure && (JSON.parse(JSON.stringify(failure).replaceAll(directory, '')) as object),
        values: await Promise.all(
          outputs.map(async (output) => [
            output.name,
            output.digest,
            decode(await getBlob(store, output.digest)),
          ]),
        ),
      })),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('a step that starts from few files', () => {
  test('makes the same values and failures', async () => {
    const plain = stepFile();
    expect(plain).not.toContain(home);
    const expected = await runAgain();
    await makeStepFile();
    expect(stepFile()).toContain(home);
    expect(await runAgain()).toEqual(expected);
    expect(expected).toMatchObject([
      { name: 'make', state: 'succeeded' },
      { name: 'read', state: 'succeeded' },
      {
        name: 'fail',
        state: 'failed',
        failure: { name: 'RangeError', stack: expect.not.stringMatching(/step\.js|chunk/) },
      },
    ]);
  });

  test('is done without where the cache cannot be written', async () => {
    process.env['XDG_CACHE_HOME'] = '/dev/null';
    await makeStepFile();
    expect(existsSync(stepFile())).toBe(true);
    process.env['XDG_CACHE_HOME'] = home;
  });
});
