/** Analyses made before, in the cache folder: one stands while nothing differs that it rests on. */
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Pipeline } from '@tagflow/schema';
import { buildStamp, digestOf } from '../../files/build-stamp.js';
import { readCached, removeOldCached, writeCached } from '../../files/cache-folder.js';
import type { AnalysisRequest } from '../../language/messages.js';
import { type Observations, isUnchanged } from '../../language/observations.js';
import { pipelineName } from '../../pipeline/name.js';
import { withoutOutputs } from '../../pipeline/notebook.js';

const FOLDER = 'analyses';
/** Raised when they are kept otherwise. */
const FORMAT = '1';
/** How many are kept, the ones made last. */
const KEPT = 200;

interface KnownAnalysis {
  pipeline: Pipeline;
  observations: Observations;
}

export function findAnalysis(request: AnalysisRequest): Pipeline | undefined {
  try {
    const bytes = readCached(nameOf(request));
    if (!bytes) return undefined;
    const { pipeline, observations } = deserialize(bytes) as KnownAnalysis;
    return isUnchanged(observations) ? pipeline : undefined;
  } catch {
    return undefined; // damaged, of another Node, or the notebook is none, which the analysis tells
  }
}

export function keepAnalysis(request: AnalysisRequest, known: KnownAnalysis): void {
  // JSON has no -0.
  writeCached(nameOf(request), serialize(known));
  removeOldCached(FOLDER, /\.v8$/, KEPT);
}

function nameOf({ notebook, directory, name }: AnalysisRequest): string {
  const place = [resolve(directory), pipelineName(name)];
  return join(FOLDER, `${digestOf(FORMAT, buildStamp(), ...place, withoutOutputs(notebook))}.v8`);
}
