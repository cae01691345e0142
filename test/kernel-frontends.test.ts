/** The kernel as Python's Jupyter tools see it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from '../kernel/lib/jupyter/install.js';

const python = process.env['TAGFLOW_PYTHON'] ?? join(homedir(), '.cache/tagflow/dev-venv/bin/python');
const withPython = existsSync(python) ? describe : describe.skip;
const folder = mkdtempSync(join(tmpdir(), 'tagflow-frontends-'));
const MINUTES = 60_000;

beforeAll(() => {
  install({ prefix: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: string[], cwd = folder): { status: number | null; output: string } {
  const env = {
    ...process.env,
    JUPYTER_PATH: join(folder, 'share', 'jupyter'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { status, stdout, stderr } = spawnSync(python, args, { cwd, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** Runs a script of the folder `jupyter`; what it printed is in the failure. */
function script(name: string, ...args: string[]): void {
  const { status, output } = run([fileURLToPath(new URL(`./jupyter/${name}.py`, import.meta.url)), ...args]);
  expect(status === 0 ? '' : output).toBe('');
}

withPython('with jupyter_client', () => {
  test('conforms to the protocol', () => script('kernel_test'), 2 * MINUTES);
  test('loses, delays and mixes up no output', () => script('outputs', '200'), 2 * MINUTES);
  test('answers every completion, with all members', () => script('completions', '200'), 2 * MINUTES);
  test('stops code of every kind', () => script('interrupts', '1'), 5 * MINUTES);
  test('replaces a process that dies', () => script('deaths'), 2 * MINUTES);
});

const cell = (source: string, tags: string[] = []) => ({
  cell_type: 'code',
  id: `c${Math.random().toString(36).slice(2, 8)}`,
  metadata: { tags },
  source,
  outputs: [],
  execution_count: null,
});

function notebook(name: string, ...cells: object[]): string {
  const metadata = { kernelspec: { name: 'tagflow', display_name: 'Tagflow', language: 'typescript' } };
  writeFileSync(join(folder, name), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  return name;
}

function outputsOf(name: string): string {
  const { cells } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    cells: { outputs: unknown[] }[];
  };
  return JSON.stringify(cells.at(-1)!.outputs);
}

withPython('headless', () => {
  test(
    'nbconvert executes a notebook',
    () => {
      const name = notebook(
        'plain.ipynb',
        cell('const xs: number[] = [1, 2, 3]'),
        cell('xs.map((x) => x * 2)'),
      );
      const { status, output } = run([
        '-m',
        'jupyter',
        'nbconvert',
        '--to',
        'notebook',
        '--execute',
        '--output',
        'done',
        name,
      ]);
      expect([status, output]).toEqual([0, expect.anything()]);
      expect(outputsOf('done.ipynb')).toContain('[ 2, 4, 6 ]');
    },
    MINUTES,
  );

  test(
    'nbconvert reports a cell that does not compile',
    () => {
      const name = notebook('wrong.ipynb', cell('const text: string = 1'));
      const { status, output } = run([
        '-m',
        'jupyter',
        'nbconvert',
        '--to',
        'notebook',
        '--execute',
        '--output',
        'no',
        name,
      ]);
      expect(status).not.toBe(0);
      expect(output).toContain('TS2322');
    },
    MINUTES,
  );

  test(
    'papermill executes a notebook with parameters',
    () => {
      const cells = [
        cell('const size: number = 1;\nconst label = "first";', ['parameters']),
        cell('`${label} ${size + 1}`'),
      ];
      const name = notebook('parameters.ipynb', ...cells);
      const values = ['-p', 'size', '4', '-p', 'label', 'second'];
      const { status, output } = run([
        ...['-m', 'papermill', '--log-level', 'WARNING', name, 'filled.ipynb'],
        ...['--language', '.net-csharp', ...values],
      ]);
      expect([status, output]).toEqual([0, expect.anything()]);
      expect(outputsOf('filled.ipynb')).toContain('second 5');
    },
    MINUTES,
  );
});
