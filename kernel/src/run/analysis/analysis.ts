/** A notebook's pipeline, while this thread does something else. */
import { Worker } from 'node:worker_threads';
import type { Pipeline } from '@tagflow/schema';
import type { AnalysisReply, AnalysisRequest } from '../../language/messages.js';
import { findAnalysis, keepAnalysis } from './cache.js';
import {
  type Snapshot,
  makeSnapshot,
  rejectSnapshot,
  snapshotFor,
  startFromSnapshot,
} from '../../compiler/snapshot.js';

/**
 * At once, as it was found before, if nothing has changed; else in a process that starts warm, or in a thread where
 * there is none.
 * @param meanwhile called if it takes a while
 * @throws what the chain throws: an Error named NotebookError for what is no notebook
 */
export function analyse(request: AnalysisRequest, meanwhile?: () => void): Pipeline | Promise<Pipeline> {
  const known = findAnalysis(request);
  if (known) return known;
  meanwhile?.();
  return analyseAnew(request);
}

async function analyseAnew(request: AnalysisRequest): Promise<Pipeline> {
  const snapshot = snapshotFor(request.directory);
  const reply = (await fromSnapshot(snapshot, request)) ?? (await inThread(request));
  // After the work: the next run has it.
  makeSnapshot(snapshot);
  if ('pipeline' in reply) {
    const { pipeline, observations } = reply;
    if (observations) keepAnalysis(request, { pipeline, observations });
    return pipeline;
  }
  throw Object.assign(new Error(reply.error.message), reply.error);
}

/** Undefined when there is no snapshot, or nothing can be started from it. */
async function fromSnapshot(
  snapshot: Snapshot,
  analysis: AnalysisRequest,
): Promise<AnalysisReply | undefined> {
  const child = startFromSnapshot(snapshot, { analysis });
  if (!child) return undefined;
  try {
    return await new Promise<AnalysisReply | undefined>((resolve) => {
      child.once('message', (message) => resolve(message as AnalysisReply));
      child.once('error', () => resolve(undefined));
      child.once('exit', (code, signal) => {
        rejectSnapshot(snapshot, { code, signal });
        resolve(undefined);
      });
    });
  } finally {
    child.kill('SIGKILL');
  }
}

async function inThread(request: AnalysisRequest): Promise<AnalysisReply> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: request });
  try {
    return await new Promise<AnalysisReply>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`The analysis ended with code ${code} before its answer.`)),
      );
    });
  } finally {
    void worker.terminate();
  }
}
