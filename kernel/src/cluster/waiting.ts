/** Why a pod waits, with what to do. Pure: from what the cluster says of pods and of a Workflow's nodes. */
import type { V1Pod } from '@kubernetes/client-node';
import { saidByPod } from '../run/pod/cluster-end.js';
import type { WorkflowNode } from './workflow.js';

/** Longer waits for a node, an image or a volume are worth a word, in milliseconds. */
const PATIENCE = 3_000;

/** By kubelet's and Argo's words. The first that fits is taken. */
const REASONS: readonly [RegExp, (said: string) => string][] = [
  [
    /Insufficient (cpu|memory|[\w./-]+)/,
    (said) => `no node has room for it (${said}). Ask for less in the step's settings, or add nodes.`,
  ],
  [
    /didn't match Pod's node affinity|node\(s\) had untolerated taint/,
    (said) => `no node fits its nodeSelector or is free of taints (${said}). Change the step's settings.`,
  ],
  [
    /ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull/,
    (said) =>
      `its image cannot be pulled (${said}). See that nodes reach the registry: \`registry.pull\`, \`pullSecrets\`.`,
  ],
  [
    /secret "([^"]+)" not found/,
    (said) =>
      `a Secret is missing (${said}). Make it: kubectl create secret generic NAME --from-literal=KEY=…`,
  ],
  [
    /couldn't find key (\S+) in Secret/,
    (said) => `a Secret lacks an entry (${said}). Add it under that name.`,
  ],
  [
    /exceeded quota/,
    (said) => `the namespace's quota is used up (${said}). Wait for other pods, or ask for more.`,
  ],
  [
    /violates PodSecurity|admission webhook|denied the request/,
    (said) => `the cluster's rules refuse the pod (${said}).`,
  ],
  [
    /serviceaccount "?([^" ]+)"? not found|error looking up service account/,
    (said) => `its service account is missing (${said}). \`tagflow export\` writes it: apply rbac.yaml.`,
  ],
  [/FailedMount|MountVolume|persistentvolumeclaim/, (said) => `a volume is missing (${said}).`],
];

export interface Waiting {
  step: string;
  /** A sentence. */
  text: string;
}

/** @param now milliseconds since 1970 */
export function waitingPods(
  pods: readonly V1Pod[],
  nodes: readonly WorkflowNode[],
  stepOfPod: (pod: V1Pod) => string | undefined,
  stepOfNode: (node: WorkflowNode) => string | undefined,
  now: number,
): Waiting[] {
  const found = new Map<string, string>();
  for (const pod of pods) {
    const step = stepOfPod(pod);
    const said = pod.status?.phase === 'Pending' ? saidOfPod(pod, now) : undefined;
    if (step !== undefined && said !== undefined && !found.has(step)) found.set(step, reasonOf(said));
  }
  for (const node of nodes) {
    const step = stepOfNode(node);
    const text = textOfNode(node, nodes);
    if (step !== undefined && text !== undefined && !found.has(step)) found.set(step, text);
  }
  return [...found].map(([step, text]) => ({ step, text }));
}

export function reasonOf(said: string): string {
  for (const [pattern, reason] of REASONS) if (pattern.test(said)) return `waits: ${reason(said)}`;
  return `waits: ${said}`;
}

/** A pod that is not there yet, or that ended for reasons around it and is made again after a pause. */
function textOfNode(
  { type, phase, message = '', children = [] }: WorkflowNode,
  nodes: readonly WorkflowNode[],
): string | undefined {
  if (type === 'Pod' && phase === 'Pending')
    return /^(PodInitializing|ContainerCreating|$)/.test(message) ? undefined : reasonOf(message);
  const [, pause] = /^Backoff for (.*)/.exec(message) ?? [];
  if (type !== 'Retry' || phase !== 'Running' || pause === undefined) return undefined;
  const said = nodes.find(({ id }) => id === children.at(-1))?.message;
  return `is begun again after ${pause}${said ? `: ${saidByPod(said)}` : '.'}`;
}

function saidOfPod({ status, metadata }: V1Pod, now: number): string | undefined {
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  if (unscheduled?.message) return unscheduled.message;
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const { state } of containers) {
    const { reason, message } = state?.waiting ?? {};
    if (reason === undefined || reason === 'PodInitializing' || reason === 'ContainerCreating') continue;
    return [reason, message].filter(Boolean).join(': ');
  }
  const created = metadata?.creationTimestamp ? new Date(metadata.creationTimestamp).getTime() : now;
  return now - created > 10 * PATIENCE ? 'its node prepares it, which takes unusually long' : undefined;
}
