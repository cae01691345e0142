/** What a step finds around it: a working directory with its declared files, and its declared environment. */
import { cp, mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { CellSettings } from '@tagflow/schema';
import { StepFailure } from './failure.js';
import { SECRETS_FILE, readNpmTokens, readSecrets } from './secret-file.js';
import { SHORTEST_SECRET } from './secrets.js';

/**
 * Makes an empty directory with the declared files at their places relative to the notebook. They are copies, also where
 * the notebook's folder has links, so that a step can change them.
 * @param parent where it is made
 * @throws StepFailure when a file is missing or lies outside the folder, or nothing can be written in the parent
 */
export async function makeWorkingDirectory(
  directory: string,
  files: readonly string[],
  parent = tmpdir(),
): Promise<string> {
  const workplace = await emptyFolder(parent);
  try {
    const folder = await realpath(directory).catch(() => {
      throw new StepFailure(
        'MissingFolder',
        `The notebook's folder ${directory} is not there any more. If it was moved, run the notebook where it is now.`,
      );
    });
    for (const file of files) await copyFile(file, folder, workplace);
    return workplace;
  } catch (error) {
    await removeWorkingDirectory(workplace);
    throw error;
  }
}

async function emptyFolder(parent: string): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(parent, 'tagflow-')));
  } catch (error) {
    throw new StepFailure(
      'NoWorkplace',
      `There is no place for the step to work in: nothing can be written in ${parent} (${(error as NodeJS.ErrnoException).code}). Set TMPDIR to another folder.`,
    );
  }
}

async function copyFile(file: string, folder: string, workplace: string): Promise<void> {
  const name = JSON.stringify(file);
  const target = relative(folder, join(folder, file));
  if (isAbsolute(file) || !isWithin(join(folder, file), folder)) {
    throw new StepFailure('BadFile', `The file ${name} lies outside the notebook's folder. Move it there.`);
  }
  const source = join(folder, target);
  await stat(source).catch(() => {
    throw new StepFailure('MissingFile', `The file ${name} that the step declares is not in ${folder}.`);
  });
  await mkdir(dirname(join(workplace, target)), { recursive: true });
  const isCopied = async (path: string) => {
    const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      const link = JSON.stringify(relative(folder, path));
      throw new StepFailure('BadFile', `${link} is a link that leads nowhere. Remove it, or mend it.`);
    });
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
  await cp(source, join(workplace, target), {
    recursive: true,
    dereference: true,
    filter: isCopied,
  }).catch((error: unknown) => {
    throw error instanceof StepFailure ? error : notCopied(name, error as NodeJS.ErrnoException);
  });
}

function notCopied(name: string, { code, message, path }: NodeJS.ErrnoException): StepFailure {
  const reason =
    code === 'EACCES' || code === 'EPERM'
      ? `the permission to read ${path ?? 'all of it'} is missing. Give it.`
      : `the system says: ${message}.`;
  return new StepFailure('BadFile', `The file ${name} that the step declares cannot be copied: ${reason}`);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

export async function removeWorkingDirectory(workplace: string): Promise<void> {
  await rm(workplace, { recursive: true, force: true });
}

/** Declared variables with their values. `secrets` are values that must not be shown or kept. */
export interface Environment {
  env: Record<string, string>;
  secrets: string[];
}

/**
 * The declared variables of a step, from the environment or, the secrets, from the notebook's files of secrets.
 * @throws StepFailure if one is not set, or is too short for a secret
 */
export async function environmentOf(
  settings: CellSettings,
  from: NodeJS.ProcessEnv,
  directory: string,
  adviceOn: (secret: string) => string = (name) =>
    `Set it, or write ${name}=… into ${SECRETS_FILE}, and run again.`,
): Promise<Environment> {
  const env: Record<string, string> = { ...settings.env };
  for (const name of settings.envFrom ?? []) env[name] = from[name] ?? missing(name, 'Set it and run again.');
  const names = settings.secrets ?? [];
  const inFile = names.some((name) => from[name] === undefined) ? await readSecrets(directory) : {};
  for (const name of names) {
    const value = from[name] ?? inFile[name];
    env[name] = value ?? missing(name, adviceOn(name));
    if (env[name].length < SHORTEST_SECRET) tooShort(name);
  }
  return { env, secrets: [...names.map((name) => env[name]!), ...(await readNpmTokens(directory))] };
}

function missing(name: string, advice: string): never {
  throw new StepFailure(
    'MissingVariable',
    `The environment variable ${name} that the step declares is not set. ${advice}`,
  );
}

function tooShort(name: string): never {
  throw new StepFailure(
    'ShortSecret',
    `The secret ${name} has fewer than ${SHORTEST_SECRET} characters, so that hiding it would hide everything. Give it a longer value, or declare it under envFrom if it is no secret.`,
  );
}
