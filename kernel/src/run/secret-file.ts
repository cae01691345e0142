/** Where secrets come from besides the environment: `tagflow.secrets` beside the notebook or its package.json. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { projectOf } from '../store/location.js';
import { StepFailure } from './failure.js';
import { isIgnored } from './git.js';
import { npmTokens } from './secrets.js';

export const SECRETS_FILE = 'tagflow.secrets';

/**
 * Names and values of the files for a notebook's directory: lines `NAME=value` as in a `.env` file. The notebook's own
 * file wins over the project's.
 * @throws StepFailure if git would commit one
 */
export async function readSecrets(directory: string): Promise<Record<string, string | undefined>> {
  const folders = [...new Set([projectOf(directory), directory])];
  const files = await Promise.all(folders.map((folder) => readSecretFile(join(folder, SECRETS_FILE))));
  return Object.assign({}, ...files) as Record<string, string | undefined>;
}

async function readSecretFile(path: string): Promise<Record<string, string | undefined>> {
  const text = await textOf(path);
  if (text === undefined) return {};
  if ((await isIgnored(path)) === false) {
    throw new StepFailure(
      'SecretsNotIgnored',
      `${path} holds secrets, and git does not ignore it. Add ${SECRETS_FILE} to .gitignore; if it was committed, also run \`git rm --cached ${SECRETS_FILE}\` and change the secrets.`,
    );
  }
  return parseEnv(text);
}

/** Tokens of npm that a step's program may come upon: they are never recorded, though no step declares them. */
export async function readNpmTokens(directory: string): Promise<string[]> {
  const folders = new Set([directory, projectOf(directory), homedir()]);
  const texts = await Promise.all([...folders].map((folder) => textOf(join(folder, '.npmrc'))));
  return [...new Set(texts.flatMap((text) => npmTokens(text ?? '')))];
}

/** Undefined if there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || path.endsWith('.npmrc')) return undefined;
    throw new StepFailure(
      'SecretsNotRead',
      `${path} cannot be read: the system says ${code}. Mend its rights.`,
    );
  }
}
