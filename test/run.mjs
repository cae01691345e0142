// `npm test`: sets up what the checks need, runs them all, and ends with `N passed, N failed`.
// `npm test -- NAME…` builds and hands the rest to jest. `npm test -- --node 22` does all of it on that Node.
// `npm run test:cluster` runs the tests that need a cluster, which it brings up and takes down (`--keep` leaves it).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { build, installPackages, requireNode, root } from '../binder/packages.mjs';
import { command, main, step } from '../binder/progress.mjs';
import { nodeOfMajor } from '../binder/python.mjs';
import { down, leftovers, obstacle, up } from './cluster/bed.mjs';
import { testEnvironment } from './environment.mjs';

const output = join(root, 'test', 'output');
/** Longer, and something hangs; in milliseconds. */
const LONGEST = 60 * 60_000;
const PROJECTS = ['tagflow', 'extension', 'ui'];
/** Suites that only compute, in parts that take about as long. */
const COMPUTING = [
  ['test/random-notebooks', 'test/random-edits'],
  ['test/matrix\\.test', 'test/random-types', 'test/codec', 'test/pipeline-', 'test/ui/[^/]*\\.spec'],
];
let jests = 0;
const passed = [];
const failed = [];
const skipped = [];

await main(async () => {
  const chosen = process.argv.slice(2);
  if (chosen[0] === '--node') return onNode(chosen[1], chosen.slice(2));
  if (chosen[0] === '--cluster') return onCluster(chosen.slice(1));
  try {
    requireNode();
    await installPackages();
    await check('build', build);
    // It mostly waits for downloads.
    const environment = testEnvironment();
    environment.catch(() => undefined); // told where it is waited for
    if (chosen.length === 0) {
      await check('lint', () => tool('eslint/bin/eslint.js', '.'));
      await check('format', () => tool('prettier/bin/prettier.cjs', '--check', '.'));
      await check('types of the tests', () => tool('typescript/bin/tsc', '-p', 'test'));
      await check('generated schema', () =>
        command(process.execPath, ['generate.mjs', '--check'], { cwd: join(root, 'schema') }),
      );
    }
    const env = { ...process.env, ...(await environment) };
    if (chosen.length > 0) await runJest(chosen, PROJECTS, env);
    else await runAll(env);
  } catch (error) {
    failed.push('set-up');
    console.error(error);
  }
  return report();
});

/** Builds, brings a cluster up, and runs the tests that need it. */
async function onCluster(options) {
  const chosen = options.filter((option) => option !== '--keep');
  const reason = obstacle();
  if (reason) {
    skipped.push(`test/cluster: there can be no cluster here, because ${reason}`);
    passed.push('nothing else to do');
    return report();
  }
  try {
    requireNode();
    await installPackages();
    await check('build', build);
    await up();
    const environment = { ...process.env, ...(await testEnvironment()) };
    // Pods come one after the other where the machine is busy.
    await runJest([...chosen, '--testTimeout=400000'], ['cluster'], environment);
    if (!options.includes('--keep')) {
      await check('that nothing of the cluster is left', async () => {
        await down();
        const left = await leftovers();
        if (left.length > 0) throw new Error(`Still there: ${left.join(', ')}.`);
      });
    }
  } catch (error) {
    failed.push('set-up');
    console.error(error);
  }
  return report();
}

/** Runs the same on another Node, from PyPI. */
async function onNode(major, rest) {
  const node = await nodeOfMajor(major);
  const path = [dirname(node), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH: path, npm_execpath: '' };
  const { status } = spawnSync(node, [import.meta.filename, ...rest], { stdio: 'inherit', env });
  return status ?? 1;
}

/** One check of ours counts as one test. */
async function check(name, work) {
  try {
    await step(`Checking ${name}`, work);
    passed.push(name);
  } catch (error) {
    failed.push(name);
    console.error(error.message);
  }
}

function tool(path, ...args) {
  return command(process.execPath, [join(root, 'node_modules', path), ...args], { cwd: root });
}

/** Suites that compute run beside each other; those that wait for processes come after them, one at a time. */
async function runAll(env) {
  await Promise.all(COMPUTING.map((names) => runJest(names, ['tagflow', 'extension'], env)));
  await runJest(['--testPathIgnorePatterns', ...COMPUTING.flat()], PROJECTS, env);
}

async function runJest(chosen, projects, env) {
  const results = join(output, `jest-${++jests}.json`);
  mkdirSync(output, { recursive: true });
  rmSync(results, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [
    // Modules of suites that have ended stay in memory.
    '--max-old-space-size=8192',
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--json',
    `--outputFile=${results}`,
    ...chosen,
    '--selectProjects',
    ...projects,
  ];
  const stdio = ['ignore', 'ignore', 'inherit'];
  const child = spawn(process.execPath, args, { cwd: root, stdio, env, timeout: LONGEST });
  const [code, signal] = await once(child, 'close');
  if (!existsSync(results)) return void failed.push(`jest, which ended with ${signal ?? code}`);
  const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
  if (testResults.length === 0) failed.push('jest found no test');
  for (const suite of testResults) {
    const file = suite.name.slice(root.length + 1);
    if (suite.status === 'failed' && suite.assertionResults.length === 0) failed.push(file);
    for (const { fullName, status } of suite.assertionResults) {
      const list = { passed, failed }[status] ?? skipped;
      list.push(`${file}: ${fullName}`);
    }
  }
}

/** In CI every test must have run. */
function report() {
  for (const name of skipped) console.log(`skipped  ${name}`);
  for (const name of failed) console.log(`failed   ${name}`);
  if (skipped.length > 0) console.log(`${skipped.length} skipped: this machine lacks what they need`);
  const mustRun = process.env.CI === 'true' ? skipped.length : 0;
  console.log(`${passed.length} passed, ${failed.length + mustRun} failed`);
  return failed.length + mustRun > 0 || passed.length === 0 ? 1 : 0;
}
