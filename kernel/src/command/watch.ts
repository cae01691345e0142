/** `tagflow watch`, `tagflow stop`: a run that is on a cluster. */
import { readDeployment } from '../cluster/deployment.js';
import { type Cluster, connect } from '../cluster/kubernetes.js';
import { stopRun } from '../cluster/stop.js';
import { openDeployedStore } from '../store/location.js';
import { findRunId, readRunStart } from '../store/records.js';
import type { RunStart } from '@tagflow/schema';
import type { Store } from '../store/store.js';
import { type ClusterOptions, follow } from './cluster-show.js';
import { UsageError } from './failure.js';
import { print, writeJson } from './text.js';

export async function watch(
  reference: string,
  options: ClusterOptions & { directory: string },
): Promise<void> {
  const { store, cluster, start } = await runOnCluster(reference, options);
  await follow(store, cluster, start, options);
}

export async function stop(
  reference: string,
  options: ClusterOptions & { directory: string },
): Promise<void> {
  const { store, cluster, start } = await runOnCluster(reference, options);
  const { id } = start;
  const end = await stopRun(store, cluster, start);
  if (options.json) return writeJson({ run: id, ...start.cluster, state: end?.state ?? 'running' });
  print(
    end
      ? `Run ${id} has ended already (${end.state}): there is nothing to stop.\n`
      : `Run ${id} stops. tagflow watch ${id} says when it has.\n`,
  );
}

async function runOnCluster(
  reference: string,
  options: ClusterOptions & { directory: string },
): Promise<{ store: Store; cluster: Cluster; start: RunStart }> {
  const deployment = readDeployment(options.directory, options);
  const store = openDeployedStore(deployment, options.directory);
  const start = (await readRunStart(store, await findRunId(store, reference)))!;
  if (!start.cluster) throw new UsageError(`Run ${start.id} is on no cluster.`);
  const { context, namespace } = start.cluster;
  return { store, start, cluster: await connect({ context, namespace, ...options }) };
}
