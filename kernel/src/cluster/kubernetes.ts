/** The way to a cluster: kubeconfig, or what a pod has of its own. Loaded when a command needs it. */
import type { CoreV1Api, CustomObjectsApi, AuthorizationV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Deployment } from '@tagflow/schema';
import { ClusterError, UnreachableClusterError } from './error.js';

export interface Cluster {
  config: KubeConfig;
  /** Name in the kubeconfig; absent inside a cluster. */
  context?: string;
  /** Address of the API server. */
  server: string;
  user: string;
  namespace: string;
  core: CoreV1Api;
  custom: CustomObjectsApi;
  authorization: AuthorizationV1Api;
}

/** @throws ClusterError if there is no such context, or none at all */
export async function connect({ context, namespace }: Deployment): Promise<Cluster> {
  const kubernetes = await import('@kubernetes/client-node');
  const config = new kubernetes.KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new ClusterError(`The kubeconfig cannot be read: ${(error as Error).message}.`);
  }
  if (context !== undefined) {
    const names = config.getContexts().map(({ name }) => name);
    if (!names.includes(context))
      throw new ClusterError(
        `The kubeconfig has no context ${context}${names.length === 0 ? '' : `: there are ${names.join(', ')}`}.`,
      );
    config.setCurrentContext(context);
  }
  const current = config.getContextObject(config.getCurrentContext());
  const server = config.getCurrentCluster()?.server;
  // Without any kubeconfig, the library makes this one up.
  const isNone = current?.name === 'loaded-context' && server === 'http://localhost:8080';
  if (!current || server === undefined || isNone)
    throw new ClusterError(
      'No cluster is configured: set KUBECONFIG, or make a context with `kubectl config set-context`.',
    );
  return {
    config,
    ...(current.name === 'inClusterContext' ? {} : { context: current.name }),
    server,
    user: current.user,
    namespace: namespace ?? current.namespace ?? 'default',
    core: config.makeApiClient(kubernetes.CoreV1Api),
    custom: config.makeApiClient(kubernetes.CustomObjectsApi),
    authorization: config.makeApiClient(kubernetes.AuthorizationV1Api),
  };
}

/** Status code of what the API server refused; undefined of other errors. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** The API server's refusal, or the failure to reach it, as a sentence; other errors stay what they are. */
export function clusterError(error: unknown, { server, namespace }: Cluster, what: string): unknown {
  const { code, body, message } = error as { code?: unknown; body?: unknown; message?: string };
  const said = reasonIn(body) ?? message ?? '';
  if (code === 401)
    return new ClusterError(
      `The cluster at ${server} does not know who you are. Log in to it again: ${said}`,
    );
  if (code === 403)
    return new ClusterError(
      `The cluster does not allow you to ${what} in namespace ${namespace}: ${said}. \`tagflow export\` writes the role that is needed.`,
    );
  if (code === 404 && /could not find the requested resource|page not found/.test(said))
    return new ClusterError(
      `The cluster at ${server} has no Argo Workflows, which runs pipelines. Install it there.`,
    );
  if (code === 429 || (typeof code === 'number' && code >= 500))
    return new UnreachableClusterError(`The cluster at ${server} cannot answer now: ${said}`);
  if (typeof code === 'number') return new ClusterError(`The cluster refuses to ${what}: ${said}`);
  if (typeof code === 'string' || error instanceof TypeError)
    return new UnreachableClusterError(
      `The cluster at ${server} cannot be reached: ${said || String(code)}.`,
    );
  return error;
}

function reasonIn(body: unknown): string | undefined {
  try {
    const parsed = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: unknown } | null;
    return typeof parsed?.message === 'string' ? parsed.message : undefined;
  } catch {
    return typeof body === 'string' ? body.trim().slice(0, 300) : undefined;
  }
}
