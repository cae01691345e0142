/** Analyses one notebook in a thread of its own: TypeScript would keep the runner's thread busy. */
import { parentPort, workerData } from 'node:worker_threads';
import { pipelineOf } from '../pipeline/index.js';
import type { AnalysisReply, AnalysisRequest } from './analysis.js';

const { notebook, directory, name } = workerData as AnalysisRequest;
parentPort!.postMessage(answer());

function answer(): AnalysisReply {
  try {
    return { pipeline: pipelineOf(notebook, { directory, name }).pipeline };
  } catch (error) {
    const { name: kind, message, stack } = error as Error;
    return { error: { name: kind, message, stack } };
  }
}
