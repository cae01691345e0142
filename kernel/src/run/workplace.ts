/** What a step finds around it: a working directory with its declared files, and its declared environment. */
import { cp, mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { CellSettings } from '@tagflow/schema';
import { StepFailure } from './failure.js';

/** Makes an empty directory with the declared files at their places relative to the notebook. */
export async function makeWorkingDirectory(directory: string, files: readonly string[]): Promise<string> {
  const workplace = await realpath(await mkdtemp(join(tmpdir(), 'tagflow-')));
  for (const file of files) {
    const target = relative(directory, join(directory, file));
    if (isAbsolute(file) || target.startsWith('..')) {
      throw new StepFailure(
        'BadFile',
        `The file ${JSON.stringify(file)} lies outside the notebook's folder. Move it there.`,
      );
    }
    const source = join(directory, target);
    await stat(source).catch(() => {
      throw new StepFailure(
        'MissingFile',
        `The file ${JSON.stringify(file)} that the step declares is not in ${directory}.`,
      );
    });
    await mkdir(dirname(join(workplace, target)), { recursive: true });
    await cp(source, join(workplace, target), { recursive: true });
  }
  return workplace;
}

export async function removeWorkingDirectory(workplace: string): Promise<void> {
  await rm(workplace, { recursive: true, force: true });
}

/** Declared variables with their values. `secrets` are those whose values must not be shown or kept. */
export function environmentOf(
  settings: CellSettings,
  from: NodeJS.ProcessEnv,
): { env: Record<string, string>; secrets: string[] } {
  const env: Record<string, string> = { ...settings.env };
  const secrets: string[] = [];
  for (const name of [...(settings.envFrom ?? []), ...(settings.secrets ?? [])]) {
    const value = from[name];
    if (value === undefined) {
      throw new StepFailure(
        'MissingVariable',
        `The environment variable ${name} that the step declares is not set. Set it and run again.`,
      );
    }
    env[name] = value;
    // Masking an empty value would mask everything.
    if (settings.secrets?.includes(name) && value !== '') secrets.push(value);
  }
  return { env, secrets };
}
