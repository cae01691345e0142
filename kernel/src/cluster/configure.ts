/** Writes where a project's runs on a cluster go into its package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Deployment, validateDeployment } from '@tagflow/schema';
import { describeProblem } from '../pipeline/settings.js';
import { projectOf } from '../store/location.js';
import { DeploymentError } from './deployment.js';

/** What package.json itself says, without what the environment adds. */
export function writtenDeployment(directory: string): Deployment {
  const file = packageFile(directory);
  return existsSync(file) ? ((contentOf(file)['tagflow'] ?? {}) as Deployment) : {};
}

/**
 * All else in the file stays as it is. It is made if there is none.
 * @throws DeploymentError if a setting is wrong, or the file cannot be read or written
 */
export async function writeDeployment(directory: string, deployment: unknown): Promise<void> {
  if (!validateDeployment(deployment)) {
    const problems = describeProblem(validateDeployment.errors);
    throw new DeploymentError(
      `These settings cannot be used: ${problems.map(({ setting, reason }) => `${setting} ${reason}`).join(', ')}.`,
    );
  }
  const file = packageFile(directory);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const content = { ...(text === '' ? { private: true } : contentOf(file)), tagflow: deployment };
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
  // Never half a package.json: it is whole before it takes the other's place.
  const partial = `${file}.${process.pid}`;
  try {
    await writeFile(partial, `${JSON.stringify(content, null, indent)}\n`);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw new DeploymentError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}

function packageFile(directory: string): string {
  return join(projectOf(directory), 'package.json');
}

function contentOf(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new DeploymentError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}
