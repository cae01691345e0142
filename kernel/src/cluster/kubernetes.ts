/** The way to a cluster: kubeconfig, or what a pod has of its own. Loaded when a command needs it. */
import { setMaxListeners } from 'node:events';
import type {
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  VersionApi,
} from '@kubernetes/client-node';
import type { Deployment } from '@tagflow/schema';
import { codeOf, isUnknownHost, isUntrusted, speaksNoTls } from '../store/connection.js';
import { ClusterError, UnreachableClusterError } from './error.js';
import { chosenContext, readKubeconfig } from './kubeconfig.js';

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
  version: VersionApi;
  /** Gives up what is still being asked; nothing is asked afterwards. */
  close(): void;
}

/** An answer is waited for so long, in milliseconds: API servers themselves give up then. */
const SILENCE = 60_000;

/** @throws ClusterError if there is no such context, or none at all */
export async function connect({ context, namespace }: Deployment): Promise<Cluster> {
  const kubernetes = await import('@kubernetes/client-node');
  const config = readKubeconfig(kubernetes, context);
  const { context: current, server } = chosenContext(config);
  const leave = new AbortController();
  setMaxListeners(0, leave.signal);
  const configuration = kubernetes.createConfiguration({
    baseServer: new kubernetes.ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (request) => {
          request.setSignal(unlessLeft(leave.signal));
          return request;
        },
        post: async (answer) => answer,
      },
    ],
  });
  return {
    config,
    ...(current.name === 'inClusterContext' ? {} : { context: current.name }),
    server,
    user: current.user,
    namespace: namespace ?? current.namespace ?? 'default',
    core: new kubernetes.CoreV1Api(configuration),
    custom: new kubernetes.CustomObjectsApi(configuration),
    authorization: new kubernetes.AuthorizationV1Api(configuration),
    version: new kubernetes.VersionApi(configuration),
    close: () => leave.abort(),
  };
}

/** Of one question: aborted when it takes too long, or nobody waits for it any more. */
function unlessLeft(left: AbortSignal): AbortSignal {
  const question = new AbortController();
  const end = (): void => question.abort();
  left.addEventListener('abort', end, { once: true });
  // Held by its timer; Node 20 lets go of what `AbortSignal.any` is made of.
  setTimeout(() => {
    left.removeEventListener('abort', end);
    end();
  }, SILENCE).unref();
  return question.signal;
}

/** Status code of what the API server refused; undefined of other errors. */
export function statusOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** The API server's refusal, or the failure to reach it, as a sentence; other errors stay what they are. */
export function clusterError(error: unknown, cluster: Cluster, what: string): unknown {
  const status = statusOf(error);
  return status === undefined ? connectionError(error, cluster) : refusal(error, status, cluster, what);
}

function refusal(error: unknown, status: number, { server, namespace }: Cluster, what: string): ClusterError {
  const { body, message = '' } = error as { body?: unknown; message?: string };
  // Without a reason, the library tells the whole answer with all its headers.
  const said = reasonIn(body) ?? /^Message: (.*)$/m.exec(message)?.[1] ?? message;
  const cause = { cause: error };
  if (status === 401)
    return new ClusterError(
      `The cluster at ${server} does not know who you are. Log in to it again: ${said}`,
      cause,
    );
  if (status === 403)
    return new ClusterError(
      `The cluster does not allow you to ${what} in namespace ${namespace}: ${said}. \`tagflow export\` writes the role that is needed.`,
      cause,
    );
  if (status === 404 && /could not find the requested resource|page not found/.test(said))
    return new ClusterError(
      `The cluster at ${server} has no Argo Workflows, which runs pipelines. Install it there.`,
      cause,
    );
  if (status === 429 || status >= 500)
    return new UnreachableClusterError(`The cluster at ${server} cannot answer now: ${said}`, cause);
  return new ClusterError(`The cluster refuses to ${what}: ${said}`, cause);
}

function connectionError(error: unknown, { server }: Cluster): unknown {
  const { name, message, syscall } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (name === 'AbortError')
    return new UnreachableClusterError(`The cluster at ${server} has not answered for a minute.`, cause);
  if (isUntrusted(error))
    return new ClusterError(
      `The certificate of the cluster at ${server} is not trusted (${message}). Name the authority that signs it in the kubeconfig, as \`certificate-authority\`.`,
    );
  if (speaksNoTls(error))
    return new ClusterError(
      `${server} does not speak HTTPS. Correct the address of the cluster in the kubeconfig.`,
    );
  if (syscall?.startsWith('spawn'))
    return new ClusterError(
      `The kubeconfig names a program to log in with that cannot be started (${message}). Install it, or choose another context.`,
    );
  if (isUnknownHost(error))
    return new UnreachableClusterError(
      `The cluster at ${server} cannot be reached: there is no host of this name. Check its address in the kubeconfig, and that you are connected to its network.`,
      cause,
    );
  if (codeOf(error) !== '' || error instanceof TypeError)
    return new UnreachableClusterError(
      `The cluster at ${server} cannot be reached: ${message || codeOf(error)}. Check that it runs, and that you are connected to its network.`,
      cause,
    );
  // What the library, or a program that logs in, says of the kubeconfig.
  if (name === 'Error')
    return new ClusterError(
      `The cluster at ${server} cannot be asked: ${message.trim()}. Correct the kubeconfig, or log in to the cluster again.`,
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
