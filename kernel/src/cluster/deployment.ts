/** Where a project's pipelines run: `tagflow` in its package.json, what a command says instead, and what the environment adds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, validateDeployment } from '@tagflow/schema';
import { describeProblem } from '../pipeline/settings.js';
import { projectOf } from '../store/location.js';

/** What package.json says cannot be used; the message says what to correct. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/** What commands take for one time. */
export interface DeploymentOptions {
  context?: string;
  namespace?: string;
}

/**
 * @param directory of the notebook
 * @throws DeploymentError if package.json cannot be read, or a setting in it is wrong
 */
export function readDeployment(
  directory: string,
  { context, namespace }: DeploymentOptions = {},
  environment = process.env,
): Deployment {
  const file = join(projectOf(directory), 'package.json');
  const written = settingsIn(file);
  if (!validateDeployment(written)) {
    const problems = describeProblem(validateDeployment.errors).map(
      ({ setting, reason }) => `${setting} ${reason}`,
    );
    throw new DeploymentError(`Under \`tagflow\` in ${file}, ${problems.join(', ')}.`);
  }
  return {
    ...written,
    ...(context ? { context } : {}),
    ...(namespace ? { namespace } : {}),
    store: { ...storeOf(environment), ...written.store },
  };
}

function settingsIn(file: string): unknown {
  try {
    const { tagflow = {} } = JSON.parse(readFileSync(file, 'utf8')) as { tagflow?: unknown };
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
