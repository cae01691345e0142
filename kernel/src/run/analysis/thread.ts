/** Analyses one notebook in a thread of its own: TypeScript would keep the runner's thread busy. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisRequest } from '../../language/thread/messages.js';
import { loadTypeScript } from '../../language/snapshot/typescript-cache.js';

loadTypeScript();
// Only now, so that the compiler comes from the code cache.
const { answerTo } = await import('../../pipeline/answer.js');
parentPort!.postMessage(answerTo(workerData as AnalysisRequest));
