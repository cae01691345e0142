/** A question whose refusal is shown in the panel. */
import { sentence, type Answer, type Client, type Question } from './client.js';
import type { PipelineState } from '../state.js';

export interface Asking {
  client(): Client | null;
  update(patch: Partial<PipelineState>): void;
}

/** Asks; a refusal is shown and answered with null. */
export async function ask<Q extends Question>(
  source: Asking,
  question: Q,
  onReply?: (reply: Answer<Q>) => void,
): Promise<Answer<Q> | null> {
  const client = source.client();
  if (!client) return null;
  try {
    return await client.ask(question, onReply);
  } catch (error) {
    // A kernel that goes away is shown as such; the question is moot.
    if (!client.isClosed) source.update({ refusal: sentence(error) });
    return null;
  }
}
