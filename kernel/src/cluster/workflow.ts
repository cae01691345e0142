/** A Workflow as the cluster tells of it: the parts that matter here. */
import type { EngineEnd, NodeFailure } from '../run/pod/cluster-end.js';

export interface WorkflowNode {
  id: string;
  displayName: string;
  templateName?: string;
  type: string;
  phase?: string;
  message?: string;
  /** Ids; of a node that is tried again, one a try. */
  children?: string[];
}

export interface Workflow {
  metadata: { name: string; uid?: string; labels?: Record<string, string>; creationTimestamp?: string };
  spec?: { shutdown?: string };
  status?: {
    phase?: string;
    message?: string;
    nodes?: Record<string, WorkflowNode>;
    conditions?: { type: string; status: string; message?: string }[];
  };
}

export const GROUP = { group: 'argoproj.io', version: 'v1alpha1' } as const;

const ENDED = new Set(['Succeeded', 'Failed', 'Error']);

export function hasEnded({ status }: Workflow): boolean {
  return ENDED.has(status?.phase ?? '');
}

export function nodesOf({ status }: Workflow): WorkflowNode[] {
  return Object.values(status?.nodes ?? {});
}

/** What a Workflow that has ended says of its end. */
export function engineEnd(workflow: Workflow, stepOf: (template: string) => string | undefined): EngineEnd {
  const failures = nodesOf(workflow).flatMap((node): NodeFailure[] => {
    if ((node.phase !== 'Failed' && node.phase !== 'Error') || node.type !== 'Pod' || !node.message)
      return [];
    const step = stepOf(node.templateName ?? '');
    return [{ message: node.message, ...(step === undefined ? {} : { step }) }];
  });
  const { phase = 'Error', message } = workflow.status ?? {};
  if (message === undefined) return { status: phase, failures };
  return {
    status: phase,
    failures,
    message: phase === 'Error' ? `Argo could not run it: ${message.replace(/\.$/, '')}.` : message,
  };
}
