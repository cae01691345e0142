/** The kubeconfig: which clusters there are, and which of them is meant. */
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Context, KubeConfig } from '@kubernetes/client-node';
import { ClusterError } from './error.js';

/** Where the library looks for a cluster if it is told of none. */
const LOCAL = 'http://localhost:8080';
type Kubernetes = typeof import('@kubernetes/client-node');

/**
 * @param context chosen in it, if not what it chooses itself
 * @throws ClusterError if it cannot be read, there is none, or it has no such context
 */
export function readKubeconfig(kubernetes: Kubernetes, context: string | undefined): KubeConfig {
  const config = new kubernetes.KubeConfig();
  try {
    const [first, ...others] = namedFiles();
    if (first === undefined) config.loadFromDefault();
    else config.loadFromFile(first);
    for (const file of others) {
      const other = new kubernetes.KubeConfig();
      other.loadFromFile(file);
      config.mergeConfig(other, Boolean(config.getCurrentContext()));
    }
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is empty, or something else' : (error as Error).message;
    throw new ClusterError(`The kubeconfig cannot be read: ${reason}.`);
  }
  const contexts = contextsOf(config);
  // Without any kubeconfig, the library makes this one up.
  const isNone = contexts.join() === 'loaded-context' && config.getCurrentCluster()?.server === LOCAL;
  if (isNone || contexts.length === 0)
    throw new ClusterError(
      'No cluster is configured: put its kubeconfig to ~/.kube/config, or set KUBECONFIG to the path of it. Whoever runs the cluster has one for you.',
    );
  if (context === undefined) return config;
  if (!contexts.includes(context))
    throw new ClusterError(`The kubeconfig has no context ${context}: there are ${contexts.join(', ')}.`);
  config.setCurrentContext(context);
  return config;
}

/** @throws ClusterError if the kubeconfig leaves open which cluster is meant */
export function chosenContext(config: KubeConfig): { context: Context; server: string } {
  const context = config.getContextObject(config.getCurrentContext());
  const server = config.getCurrentCluster()?.server;
  if (context && server !== undefined) return { context, server };
  throw new ClusterError(
    `The kubeconfig says of no cluster that it is meant. Name a context with --context, or under "tagflow" in package.json: there are ${contextsOf(config).join(', ')}.`,
  );
}

function contextsOf(config: KubeConfig): string[] {
  return config.getContexts().map(({ name }) => name);
}

/** Those of KUBECONFIG. As kubectl does it, what is not there is passed over, and the first current context counts. */
function namedFiles(): string[] {
  return (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file && existsSync(file));
}
