/** Where a project's pipelines run: what its package.json says, and what a command says instead. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Deployment, validateDeployment } from '@tagflow/schema';
import { projectOf } from '../store/location.js';
import { ClusterError } from './error.js';

/** What commands take for one time. */
export interface DeploymentOptions {
  context?: string;
  namespace?: string;
}

/** @throws ClusterError if package.json's `tagflow` says what it cannot */
export function readDeployment(directory: string, options: DeploymentOptions = {}): Deployment {
  const file = join(projectOf(directory), 'package.json');
  const written = tagflowIn(file) ?? {};
  if (!validateDeployment(written)) {
    const [error] = validateDeployment.errors ?? [];
    throw new ClusterError(
      `\`tagflow\` in ${file} is not as it should be: ${error?.instancePath || 'it'} ${error?.message ?? ''}. The README lists what it takes.`,
    );
  }
  const { context = written.context, namespace = written.namespace } = options;
  return { ...written, ...(context ? { context } : {}), ...(namespace ? { namespace } : {}) };
}

function tagflowIn(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return (JSON.parse(text) as { tagflow?: unknown } | null)?.tagflow;
  } catch {
    throw new ClusterError(`${file} is no JSON. Mend it, and try again.`);
  }
}
