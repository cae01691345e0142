/** A notebook's pipeline, while this thread does something else. */
import { Worker } from 'node:worker_threads';
import type { Pipeline } from '@tagflow/schema';

export interface AnalysisRequest {
  notebook: string;
  directory: string;
  /** File name of the notebook. */
  name: string;
}

export type AnalysisReply =
  { pipeline: Pipeline } | { error: { name: string; message: string; stack?: string } };

/** Throws what the chain throws: an Error named NotebookError for what is no notebook. */
export async function analyse(request: AnalysisRequest): Promise<Pipeline> {
  const worker = new Worker(new URL('./analysis-thread.js', import.meta.url), { workerData: request });
  try {
    const reply = await new Promise<AnalysisReply>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) =>
        reject(new Error(`The analysis ended with code ${code} before its answer.`)),
      );
    });
    if ('pipeline' in reply) return reply.pipeline;
    throw Object.assign(new Error(reply.error.message), reply.error);
  } finally {
    void worker.terminate();
  }
}
