/** Stops a run on a cluster: its pods are ended, and its exit handler writes its end. */
import type { RunEnd, RunStart } from '@tagflow/schema';
import { readRunEnd } from '../store/records.js';
import type { Store } from '../store/store.js';
import { ClusterError } from './error.js';
import { type Cluster, clusterError, statusOf } from './kubernetes.js';
import { GROUP } from './workflow.js';

/**
 * @returns its end if it has ended already: nothing is stopped then
 * @throws ClusterError if its Workflow is not there, or may not be stopped
 */
export async function stopRun(
  store: Store,
  cluster: Cluster,
  { id, cluster: place }: RunStart,
): Promise<RunEnd | undefined> {
  const end = await readRunEnd(store, id);
  if (end) return end;
  const { namespace, workflow: name } = place!;
  const body = [{ op: 'add', path: '/spec/shutdown', value: 'Stop' }];
  try {
    await cluster.custom.patchNamespacedCustomObject({
      ...GROUP,
      namespace,
      plural: 'workflows',
      name,
      body,
    });
    return undefined;
  } catch (error) {
    if (statusOf(error) === 404)
      throw new ClusterError(
        `Run ${id} has no Workflow in namespace ${namespace} any more: there is nothing to stop.`,
      );
    throw clusterError(error, cluster, 'stop workflows');
  }
}
