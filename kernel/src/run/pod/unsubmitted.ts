/**
 * A run that nobody submitted: a schedule began it, or somebody with kubectl. Each of its pods finds the same start for
 * it, so that whichever comes first may write it down, and it does not matter if several do.
 */
import type { Digest, Pipeline, RunStart } from '@tagflow/schema';
import { runIdOfWorkflow } from '../../store/run-id.js';
import { getBlob, putBlob } from '../../store/content.js';
import { keepExport, renewExport } from '../../store/exports.js';
import { writeRunStart } from '../../store/journal.js';
import { readPipeline, readRunStart } from '../../store/records.js';
import type { Store } from '../../store/store.js';
import { ParameterError } from '../parameter.js';
import { planRun } from '../plan.js';

/** What is known of such runs beforehand: the blob that the Workflow's parameter `start` names. */
export interface KnownStart extends Pick<
  RunStart,
  'pipeline' | 'document' | 'notebook' | 'versions' | 'tags'
> {
  format: 1;
  /** Blob of the notebook's text. */
  source?: Digest;
  /** Blob of the Placement. */
  placement: Digest;
}

/** What Kubernetes says of the run's Workflow; all pods are told the same. */
export interface BegunWorkflow {
  name: string;
  namespace: string;
  uid: string;
  /** RFC 3339, in whole seconds. */
  created: string;
  /** Values for parameters of the pipeline, as a JSON object. */
  parameters: string;
}

/** By the variables of a pod. */
export function begunWorkflow(environment: NodeJS.ProcessEnv): BegunWorkflow {
  const value = (name: string): string => environment[name] ?? '';
  return {
    name: value('TAGFLOW_WORKFLOW'),
    namespace: value('TAGFLOW_NAMESPACE'),
    uid: value('TAGFLOW_UID'),
    created: value('TAGFLOW_CREATED'),
    parameters: value('TAGFLOW_PARAMETERS') || '{}',
  };
}

/**
 * @throws ParameterError if the parameters are no JSON object, or one is unknown or does not fit
 */
export function unsubmittedStart(known: KnownStart, pipeline: Pipeline, begun: BegunWorkflow): RunStart {
  const { placement, source: _, ...rest } = known;
  const created = new Date(begun.created);
  return {
    ...rest,
    id: runIdOfWorkflow(begun.uid, created),
    created: created.toISOString(),
    parameters: planRun(pipeline, valuesIn(begun.parameters)).parameters,
    trigger: 'schedule',
    user: 'argo',
    cluster: { namespace: begun.namespace, workflow: begun.name, placement },
  };
}

function valuesIn(text: string): Record<string, unknown> {
  try {
    const values = JSON.parse(text) as unknown;
    if (typeof values === 'object' && values !== null && !Array.isArray(values))
      return values as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new ParameterError(
    `The Workflow's argument \`parameters\` is no JSON object: write it as {"trees": 200}, not ${text}.`,
  );
}

/**
 * Puts into the store what its runs begin from, and keeps it and all that it names from being cleared away.
 * @returns the digest that the Workflow's argument `start` takes
 */
export async function keepKnownStart(store: Store, known: KnownStart): Promise<Digest> {
  const bytes = Buffer.from(JSON.stringify(known));
  const { digest } = await putBlob(store, bytes);
  const placement = await getBlob(store, known.placement);
  await keepExport(store, digest, known.pipeline, [bytes, placement]);
  return digest;
}

/**
 * Records the start of a run that nobody submitted, unless another pod has.
 * @returns the run's id
 * @throws ParameterError if the Workflow does not say what is to be run, and as `unsubmittedStart`
 */
export async function beginUnsubmitted(store: Store, environment: NodeJS.ProcessEnv): Promise<string> {
  const digest = environment['TAGFLOW_START'] ?? '';
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new ParameterError(
      'The Workflow does not say what to run: its argument `start` is empty. Export the notebook again.',
    );
  const begun = begunWorkflow(environment);
  const run = runIdOfWorkflow(begun.uid, new Date(begun.created));
  if (await readRunStart(store, run)) return run;
  const known = JSON.parse(Buffer.from(await getBlob(store, digest)).toString()) as KnownStart;
  const source = known.source && Buffer.from(await getBlob(store, known.source)).toString();
  await renewExport(store, digest);
  await writeRunStart(store, unsubmittedStart(known, await readPipeline(store, known), begun), source);
  return run;
}
