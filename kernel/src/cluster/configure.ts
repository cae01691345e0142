/** Writes where a project's runs on a cluster go into its package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Deployment } from '@tagflow/schema';
import { checkedDeployment, DeploymentError, packageContent, packageFile } from './deployment.js';

/** What package.json itself says, without what the environment adds. */
export function writtenDeployment(directory: string): Deployment {
  const { tagflow = {} } = packageContent(packageFile(directory)) ?? {};
  return tagflow as Deployment;
}

/**
 * All else in the file stays as it is. It is made if there is none.
 * @throws DeploymentError if a setting is wrong, or the file cannot be read or written
 */
export async function writeDeployment(directory: string, deployment: unknown): Promise<void> {
  const tagflow = checkedDeployment(deployment, (problems) => `These settings cannot be used: ${problems}.`);
  const file = packageFile(directory);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const content = { ...(text === '' ? { private: true } : packageContent(file)), tagflow };
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
