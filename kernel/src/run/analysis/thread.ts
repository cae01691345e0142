/** Analyses one notebook in a thread of its own: TypeScript would keep the runner's thread busy. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AnalysisRequest } from '../../language/messages.js';
import { loadTypeScript } from '../../compiler/typescript-cache.js';

loadTypeScript();
// Only now, so that the compiler comes from the code cache.
const { answerTo } = await import('../../compiler/answer.js');
parentPort!.postMessage(answerTo(workerData as AnalysisRequest));
