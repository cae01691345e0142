/** Answers one question about staleness, in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '../../store/location.js';
import type { StalenessQuestion, StalenessReply } from './question.js';
import { stalenessOf } from './staleness.js';

const { pipeline, directory, parameters } = workerData as StalenessQuestion;
parentPort!.postMessage(await answer());

async function answer(): Promise<StalenessReply> {
  try {
    return { steps: await stalenessOf(openStore(directory), pipeline, directory, parameters) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
