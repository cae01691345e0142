/** The record of a run that begins now. */
import { userInfo } from 'node:os';
import type { RunStart } from '@tagflow/schema';
import { CODEC_VERSION } from '../store/codec.js';
import { newRunId } from '../store/run-id.js';
import type { Plan } from './plan.js';
import { VERSION } from './version.js';

export interface RunFacts {
  /** What the run is filed under. */
  tags?: string[];
  trigger: RunStart['trigger'];
  /** Path of the notebook relative to the store's project, and its text without outputs. */
  notebook?: { path: string; text: string };
  git?: RunStart['git'];
  /** The run on which this one goes on. */
  origin?: RunStart['origin'];
  /** As of which moment steps see earlier runs, where it is not the start of this run. */
  asOf?: RunStart['asOf'];
}

/** @param document digest of the Pipeline's blob */
export function runStart(
  plan: Plan,
  document: string,
  { tags = [], trigger, notebook, git, origin, asOf }: RunFacts,
): RunStart {
  const now = new Date();
  return {
    format: 1,
    id: newRunId(now),
    pipeline: plan.pipeline.name,
    document,
    ...(notebook ? { notebook: notebook.path } : {}),
    created: now.toISOString(),
    parameters: plan.parameters,
    ...(tags.length > 0 ? { tags } : {}),
    trigger,
    user: userName(),
    ...(git ? { git } : {}),
    ...(origin ? { origin } : {}),
    ...(asOf ? { asOf } : {}),
    versions: { tagflow: VERSION, node: process.version, codec: CODEC_VERSION },
  };
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}
