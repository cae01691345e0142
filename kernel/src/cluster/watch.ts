/** Follows a run on a cluster: its records from the store, and from the cluster what no record says. */
import { edgesOf, type Pipeline, type Run, type RunStart } from '@tagflow/schema';
import { STEP_LABEL, stepOfTemplate } from '../export/names.js';
import type { RunEvent } from '../run/event.js';
import { type EngineEnd, endRun } from '../run/pod/cluster-end.js';
import { LogReader } from '../store/log-reader.js';
import { type EndedAttempts, readAttempts, readPipeline, readRun } from '../store/records.js';
import { endedRun } from '../store/state.js';
import type { Store } from '../store/store.js';
import { type FollowOptions, type Look, follow } from './follow.js';
import { type Cluster, clusterError, statusOf } from './kubernetes.js';
import { type Waiting, waitingPods } from './waiting.js';
import { GROUP, type Workflow, engineEnd, hasEnded, nodesOf } from './workflow.js';

export interface WatchOptions extends FollowOptions {
  onEvent: (event: RunEvent) => void;
}

/** Records are read at least every so many looks at the Workflow. */
const AT_LEAST = 5;
/** So long a run's own end is waited for once its Workflow has ended, in milliseconds. */
const PATIENCE = 5_000;

/**
 * @returns the run at its end, or as it was last seen, if it was, when watching is left off
 * @throws ClusterError if the cluster cannot be asked, StoreError if the store cannot be read
 */
export async function watchRun(
  store: Store,
  cluster: Cluster,
  start: RunStart,
  { onEvent, ...options }: WatchOptions,
): Promise<Run | undefined> {
  const view = new View(store, start, onEvent);
  return (await follow(lookAt(view, store, cluster, start), options)) ?? view.run;
}

/** Each call looks once, and gives the run once it has ended. */
function lookAt(view: View, store: Store, cluster: Cluster, start: RunStart): Look<Run> {
  const { workflow: name, namespace } = start.cluster!;
  let before = '';
  let round = 0;
  let endedSince: number | undefined;
  let wasThere = false;
  return async (heard) => {
    const workflow = await readWorkflow(cluster, namespace, name);
    heard();
    wasThere ||= workflow !== undefined;
    const now = workflow ? JSON.stringify(nodesOf(workflow).map(({ id, phase }) => [id, phase])) : 'gone';
    if (now !== before || round++ % AT_LEAST === 0) await view.read(heard);
    before = now;
    if (view.run?.ended !== undefined) return view.run;
    const engine = workflow ? endedWorkflow(workflow) : await goneWorkflow(store, start, wasThere);
    if (engine && (!workflow || Date.now() - (endedSince ??= Date.now()) > PATIENCE)) {
      await endRun(store, start.id, engine);
      await view.read(heard);
      return view.run;
    }
    if (workflow && !engine) await tellWaiting(cluster, workflow, namespace, view);
    return undefined;
  };
}

/** A run is recorded before its Workflow is made: so long that may take, in milliseconds. */
const ON_ITS_WAY = 120_000;

const endedWorkflow = (workflow: Workflow): EngineEnd | undefined =>
  hasEnded(workflow) ? engineEnd(workflow, stepOfTemplate) : undefined;

/**
 * What a Workflow that is not there says of the run; undefined if it may be on its way still.
 * @param wasThere it has been seen
 */
async function goneWorkflow(
  store: Store,
  { id, created }: Pick<RunStart, 'id' | 'created'>,
  wasThere = false,
): Promise<EngineEnd | undefined> {
  // Beside what was taken over when the run was submitted, only pods begin something.
  const hasBegun = wasThere || (await readAttempts(store, id)).some(({ end }) => end?.cached === undefined);
  if (!hasBegun && Date.now() - Date.parse(created) < ON_ITS_WAY) return undefined;
  const message = hasBegun
    ? 'Its Workflow was deleted.'
    : 'It has no Workflow: that was deleted, or submitting the run was broken off.';
  return { status: 'Error', failures: [], message };
}

/** Undefined if it is not there, or no more. */
export async function readWorkflow(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<Workflow | undefined> {
  try {
    return (await cluster.custom.getNamespacedCustomObject({
      ...GROUP,
      namespace,
      plural: 'workflows',
      name,
    })) as Workflow;
  } catch (error) {
    if (isGone(error, name)) return undefined;
    throw clusterError(error, cluster, 'read workflows');
  }
}

/** A proxy's 404, or one of a server whose definitions are not served yet, says nothing of the Workflow. */
function isGone(error: unknown, workflow: string): boolean {
  const { body } = error as { body?: unknown };
  return (
    statusOf(error) === 404 &&
    (typeof body === 'string' ? body : JSON.stringify(body ?? '')).includes(workflow)
  );
}

async function tellWaiting(
  cluster: Cluster,
  workflow: Workflow,
  namespace: string,
  view: View,
): Promise<void> {
  const { items } = await cluster.core
    .listNamespacedPod({
      namespace,
      labelSelector: `workflows.argoproj.io/workflow=${workflow.metadata.name}`,
    })
    .catch((error: unknown) => {
      throw clusterError(error, cluster, 'list pods');
    });
  const waiting = waitingPods(
    items,
    nodesOf(workflow),
    (pod) => pod.metadata?.labels?.[STEP_LABEL],
    ({ templateName }) => stepOfTemplate(templateName ?? ''),
    Date.now(),
  );
  await view.tellWaiting(waiting);
}

/** What has been told of a run so far. */
class View {
  run: Run | undefined;
  private readonly steps = new Map<string, string>();
  private readonly waiting = new Map<string, string>();
  private readonly ended: EndedAttempts = new Map();
  private readonly logs: LogReader;
  private pipeline: Promise<Pipeline> | undefined;

  constructor(
    private readonly store: Store,
    private readonly start: RunStart,
    private readonly onEvent: (event: RunEvent) => void,
  ) {
    this.logs = new LogReader(store, start.id);
  }

  /** @param heard is called at each answer */
  async read(heard: () => void): Promise<void> {
    const run = await readRun(this.store, this.start.id, this.ended);
    heard();
    this.run = run;
    const changed = run.steps.filter((step) => this.steps.get(step.name) !== JSON.stringify(step));
    const begun = run.steps.filter(({ started, cached }) => started !== undefined && cached === undefined);
    for (const { name } of begun.filter((step) => step.state === 'running' || changed.includes(step))) {
      const written = await this.logs.read(name);
      heard();
      for (const { key, entries } of written)
        for (const { stream, text } of entries)
          this.onEvent({ type: 'log', run: this.start.id, step: name, attempt: key, stream, text });
    }
    for (const step of changed) {
      this.steps.set(step.name, JSON.stringify(step));
      this.onEvent({ type: 'step', run: this.start.id, step });
    }
    if (changed.length > 0 || run.ended !== undefined) this.onEvent({ type: 'run', run });
  }

  async tellWaiting(waiting: readonly Waiting[]): Promise<void> {
    for (const { step: podOf, text } of waiting) {
      const step = await this.waitingFor(podOf);
      if (this.waiting.get(step) === text) continue;
      this.waiting.set(step, text);
      this.onEvent({ type: 'waiting', run: this.start.id, step, text });
    }
  }

  /** A pod of a step that has ended is there for the one after it, whose items it divides. */
  private async waitingFor(podOf: string): Promise<string> {
    if (this.run?.steps.find(({ name }) => name === podOf)?.state !== 'succeeded') return podOf;
    const edges = edgesOf(await (this.pipeline ??= readPipeline(this.store, this.start)));
    return edges.find(({ from }) => from === podOf)?.to ?? podOf;
  }
}

/** A run whose Workflow has ended, or is gone, gets its end; others stay as they are. */
export async function settleRun(store: Store, cluster: Cluster, run: Run): Promise<Run> {
  if (run.ended !== undefined || !run.cluster) return run;
  const workflow = await readWorkflow(cluster, run.cluster.namespace, run.cluster.workflow);
  const engine = workflow ? endedWorkflow(workflow) : await goneWorkflow(store, run);
  return engine ? endedRun(await endRun(store, run.id, engine)) : run;
}
