/** The tour, as its readers use it: checked, run as a pipeline, and executed as a notebook with the same values. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const tagflowCommand = join(root, 'kernel', 'lib', 'main.js');
// A project of its own below the root: its store is its own, the packages are the root's.
const project = join(root, 'test', 'output', 'tour');
const python = process.env['TAGFLOW_PYTHON'];

interface Evaluation {
  model: string;
  accuracy: number;
  confusion: number[][];
}

async function tagflow(...args: string[]): Promise<any> {
  const { stdout } = await run(process.execPath, [tagflowCommand, ...args, '--json'], {
    cwd: project,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout);
}

/** The outputs of one cell of a notebook: the content of a MIME type. */
function output(notebook: string, cell: string, type: string): string {
  const { cells } = JSON.parse(readFileSync(join(project, notebook), 'utf8'));
  const { outputs } = cells.find(({ id }: { id: string }) => id === cell);
  return [outputs.at(-1).data[type]].flat().join('');
}

beforeAll(() => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  copyFileSync(join(root, 'binder', 'tour.ipynb'), join(project, 'tour.ipynb'));
});

test('is a pipeline without a complaint', async () => {
  const { steps, diagnostics } = await tagflow('check', 'tour.ipynb');
  expect(diagnostics).toEqual([]);
  expect(steps.map(({ name }: { name: string }) => name)).toEqual([
    'measure',
    'split',
    'forest',
    'neighbours',
    'evaluate',
    'report',
  ]);
});

describe('run as a pipeline', () => {
  let id: string;

  test('ends well', async () => {
    const finished = await tagflow('run', 'tour.ipynb');
    expect(finished.state).toBe('succeeded');
    id = finished.id;
  }, 120_000);

  test('gives its evaluation back', async () => {
    const { value } = (await tagflow('show', id, 'evaluate', 'evaluations')) as { value: Evaluation[] };
    expect(value.map(({ model }) => model)).toEqual([
      'random forest',
      expect.stringMatching(/nearest neighbours$/),
    ]);
    for (const { accuracy } of value) expect(accuracy).toBeGreaterThan(0.9);
  });

  test('tells what a step printed', async () => {
    const [entry] = await tagflow('logs', id, 'forest');
    expect(entry.text).toBe('60 trees have learnt from 239 penguins\n');
  });

  test('gives its model back', async () => {
    const { type, digest, size } = await tagflow('show', id, 'forest', 'forest');
    expect(type).toContain('RandomForestClassifier');
    expect(digest).toMatch(/^(sha256:)?[0-9a-f]{64}$/);
    expect(size).toBeGreaterThan(1000);
  });

  (python ? test : test.skip)(
    'has the same values as the notebook that nbconvert executes',
    async () => {
      await run(
        python!,
        ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--output', 'executed', 'tour.ipynb'],
        {
          cwd: project,
        },
      );
      const { value: chart } = await tagflow('show', id, 'report', 'chart');
      expect(output('executed.ipynb', 'report', 'image/svg+xml')).toBe(chart);
      // Its words are dark, and JupyterLab's page may be too.
      expect(chart).toContain('background: white');
    },
    120_000,
  );
});

(python ? test : test.skip)(
  'runs through papermill',
  async () => {
    await run(python!, ['-m', 'papermill', '--no-progress-bar', 'tour.ipynb', 'papermill.ipynb'], {
      cwd: project,
    });
    expect(output('papermill.ipynb', 'measure', 'text/plain')).toContain('342 of 344 penguins');
  },
  120_000,
);
