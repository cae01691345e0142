/** What a step finds around it: a working directory with its declared files, and its declared environment. */
import { cp, mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { CellSettings } from '@tagflow/schema';
import { StepFailure } from './failure.js';

/**
 * Makes an empty directory with the declared files at their places relative to the notebook. They are copies, also where
 * the notebook's folder has links, so that a step can change them.
 * @throws StepFailure when a file is missing or lies outside the folder
 */
export async function makeWorkingDirectory(directory: string, files: readonly string[]): Promise<string> {
  const workplace = await realpath(await mkdtemp(join(tmpdir(), 'tagflow-')));
  try {
    const folder = await realpath(directory);
    for (const file of files) await copyFile(file, folder, workplace);
    return workplace;
  } catch (error) {
    await removeWorkingDirectory(workplace);
    throw error;
  }
}

async function copyFile(file: string, folder: string, workplace: string): Promise<void> {
  const name = JSON.stringify(file);
  const target = relative(folder, join(folder, file));
  if (isAbsolute(file) || target.startsWith('..')) {
    throw new StepFailure('BadFile', `The file ${name} lies outside the notebook's folder. Move it there.`);
  }
  const source = join(folder, target);
  await stat(source).catch(() => {
    throw new StepFailure('MissingFile', `The file ${name} that the step declares is not in ${folder}.`);
  });
  await mkdir(dirname(join(workplace, target)), { recursive: true });
  const isCopied = async (path: string) => {
    const real = await realpath(path);
    if (!isWithin(real, folder)) {
      const link = JSON.stringify(relative(folder, path));
      throw new StepFailure(
        'BadFile',
        `${link} is a link out of the notebook's folder. Put a copy in its place.`,
      );
    }
    if (path !== source && isWithin(await realpath(dirname(path)), real)) {
      const link = JSON.stringify(relative(folder, path));
      throw new StepFailure('BadFile', `${link} is a link to a folder that it lies in. Remove it.`);
    }
    return true;
  };
  await cp(source, join(workplace, target), { recursive: true, dereference: true, filter: isCopied });
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
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
