/** Where a project's pipelines run: `tagflow` in its package.json, and what the environment adds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Deployment, validateDeployment } from '@tagflow/schema';
import { describeProblem } from '../pipeline/settings.js';
import { projectOf } from '../store/location.js';

/** What package.json says cannot be used; the message says what to correct. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/**
 * @param directory of the notebook
 * @throws DeploymentError if package.json cannot be read, or a setting in it is wrong
 */
export async function readDeployment(directory: string, environment = process.env): Promise<Deployment> {
  const file = join(projectOf(directory), 'package.json');
  const written = await settingsIn(file);
  if (!validateDeployment(written)) {
    const problems = describeProblem(validateDeployment.errors).map(
      ({ setting, reason }) => `${setting} ${reason}`,
    );
    throw new DeploymentError(`Under \`tagflow\` in ${file}, ${problems.join(', ')}.`);
  }
  return { ...written, store: { ...storeOf(environment), ...written.store } };
}

async function settingsIn(file: string): Promise<unknown> {
  try {
    const { tagflow = {} } = JSON.parse(await readFile(file, 'utf8')) as { tagflow?: unknown };
    return tagflow;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new DeploymentError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** As other programs that speak to S3 take it from the environment. */
function storeOf(environment: NodeJS.ProcessEnv): Deployment['store'] {
  const { TAGFLOW_STORE: url } = environment;
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  return {
    ...(url?.startsWith('s3://') ? { url } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(region ? { region } : {}),
  };
}
