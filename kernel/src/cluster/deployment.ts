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
  const file = packageFile(directory);
  const { tagflow: written = {} } = packageContent(file) ?? {};
  const settings = checkedDeployment(written, (problems) => `Under \`tagflow\` in ${file}, ${problems}.`);
  return {
    ...settings,
    ...(context ? { context } : {}),
    ...(namespace ? { namespace } : {}),
    store: { ...storeOf(environment), ...settings.store },
  };
}

/** @throws DeploymentError with a sentence about what is wrong in the settings */
export function checkedDeployment(settings: unknown, sentence: (problems: string) => string): Deployment {
  if (validateDeployment(settings)) return settings;
  const problems = describeProblem(validateDeployment.errors);
  throw new DeploymentError(
    sentence(problems.map(({ setting, reason }) => `${setting} ${reason}`).join(', ')),
  );
}

export function packageFile(directory: string): string {
  return join(projectOf(directory), 'package.json');
}

/** Undefined if there is no such file. */
export function packageContent(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
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
