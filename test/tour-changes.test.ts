/** What runs again after a change of the tour: exactly the steps that the change reaches. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Run } from '@tagflow/schema';

const root = join(import.meta.dirname, '..');
const project = join(root, 'test', 'output', 'tour-changes');
const FOREST = 'node_modules/ml-random-forest';
/** It hands on nothing that another step takes, so it runs each time. */
const LAST = 'report';

interface Lock {
  packages: Record<string, { version: string; integrity: string; dependencies?: Record<string, string> }>;
}

/** A project with its own copy of the packages that the tour uses, and a lock file of these. */
beforeAll(() => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  const { packages } = read(join(root, 'package-lock.json')) as Lock;
  const own: Lock['packages'] = {};
  const waiting = ['ml-random-forest', 'vega-datasets'].map((name) => `node_modules/${name}`);
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (own[path]) continue;
    own[path] = packages[path]!;
    mkdirSync(dirname(join(project, path)), { recursive: true });
    cpSync(join(root, path), join(project, path), { recursive: true, dereference: true });
    for (const name of Object.keys(own[path]!.dependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      waiting.push(packages[nested] ? nested : `node_modules/${name}`);
    }
  }
  symlinkSync(join(root, 'kernel'), join(project, 'node_modules', 'tagflow'), 'dir');
  write('package.json', '{ "private": true, "type": "module" }');
  write('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: own }));
});

interface Change {
  /** Text of the notebook, and what stands in its place. */
  replace?: [string, string];
  parameters?: string[];
  files?: () => void;
  again: string[];
}

const CHANGES: Record<string, Change> = {
  nothing: { again: [] },
  'a comment, and layout': {
    replace: ['function mean(', '/* the sum by the count */\\n\\nfunction   mean('],
    again: [],
  },
  'a type': { replace: ['const columns = ', 'const columns: number[][] = '], again: [] },
  'the cell of the chart': { replace: ['width: 420', 'width: 640'], again: [] },
  'what the cell of a step shows': {
    replace: ['have all their measurements', 'have all'],
    again: ['measure'],
  },
  'a helper of one step, with the same values': {
    replace: ['right / penguins.length', '(1 * right) / penguins.length'],
    again: ['evaluate'],
  },
  'a helper of three steps': {
    replace: ['[penguin.billLength, penguin.billDepth,', '[penguin.billDepth, penguin.billLength,'],
    again: ['forest', 'neighbours', 'evaluate'],
  },
  'a parameter of one step': { parameters: ['trees=20'], again: ['forest', 'evaluate'] },
  'a parameter of two steps': {
    parameters: ['seed=7'],
    again: ['split', 'forest', 'neighbours', 'evaluate'],
  },
  'a version of the package, which learns alike and answers otherwise': {
    files: () => {
      const file = join(project, FOREST, 'package.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": "[^"]*"/, '"version": "99.0.0"'));
      const lock = read(join(project, 'package-lock.json')) as Lock;
      Object.assign(lock.packages[FOREST]!, { version: '99.0.0', integrity: 'sha512-other' });
      write('package-lock.json', JSON.stringify(lock));
    },
    again: ['forest', 'evaluate'],
  },
};

test('exactly what a change reaches runs again', async () => {
  const tour = readFileSync(join(root, 'binder', 'tour.ipynb'), 'utf8');
  expect((await run(tour)).again).toEqual(['measure', 'split', 'forest', 'neighbours', 'evaluate', LAST]);
  for (const [title, { replace, parameters, files, again }] of Object.entries(CHANGES)) {
    files?.();
    const text = replace ? tour.replace(replace[0], replace[1]) : tour;
    if (replace) expect([title, text]).not.toEqual([title, tour]);
    const made = await run(text, parameters);
    expect([title, made.state, made.again]).toEqual([title, 'succeeded', [...again, LAST]]);
  }
}, 600_000);

/** Runs the notebook and tells which steps an earlier run did not stand for. */
async function run(notebook: string, parameters: string[] = []): Promise<{ state: string; again: string[] }> {
  write('tour.ipynb', notebook);
  const command = [join(root, 'kernel', 'lib', 'main.js'), 'run', 'tour.ipynb', '--json'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...command, ...parameters.flatMap((each) => ['--param', each])],
    { cwd: project, maxBuffer: 2 ** 26 },
  );
  const { state, steps } = JSON.parse(stdout) as Run;
  return { state, again: steps.filter(({ cached }) => cached === undefined).map(({ name }) => name) };
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}
