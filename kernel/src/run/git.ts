/** The commit that a notebook's folder stands at. */
import { execFile } from 'node:child_process';
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

function git(directory: string, parameters: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd: directory, timeout: TIME_LIMIT, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } };
    execFile('git', parameters, options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
