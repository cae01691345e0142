/** What git says of a notebook's folder: the commit it stands at, whether a file is ignored. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import type { RunStart } from '@tagflow/schema';

const TIME_LIMIT = 2_000;

/** Undefined outside of a repository, without git, or where git takes too long. */
export async function gitState(directory: string): Promise<RunStart['git']> {
  const text = await git(directory, ['status', '--porcelain=v2', '--branch', '--untracked-files=no']);
  const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(text ?? '')?.[1];
  if (text === undefined || commit === undefined) return undefined;
  const branch = /^# branch\.head ([^(\s].*)$/m.exec(text)?.[1];
  return { commit, ...(branch ? { branch } : {}), dirty: /^[^#\n]/m.test(text) };
}

/** Whether git ignores a file; a file that was committed is not ignored. Undefined where git does not say. */
export async function isIgnored(path: string): Promise<boolean | undefined> {
  const { exitCode } = await execute(dirname(path), ['check-ignore', '--quiet', path]);
  return exitCode === 0 ? true : exitCode === 1 ? false : undefined;
}

async function git(directory: string, parameters: string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await execute(directory, parameters);
  return exitCode === 0 ? stdout : undefined;
}

/** `exitCode` is undefined if git is not there or takes too long. */
function execute(
  directory: string,
  parameters: string[],
): Promise<{ exitCode: number | undefined; stdout: string }> {
  return new Promise((resolve) => {
    const options = { cwd: directory, timeout: TIME_LIMIT, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } };
    execFile('git', parameters, options, (error, stdout) => {
      const code = error ? error.code : 0;
      resolve({ exitCode: typeof code === 'number' ? code : undefined, stdout });
    });
  });
}
