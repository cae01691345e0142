/** The body of a `foreach`, in a process that works on one item after the other as they are handed to it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptEnd, AttemptStart } from '@tagflow/schema';
import { instant } from '../../store/clock.js';
import { writeAttemptEnd, writeAttemptStart } from '../../store/journal.js';
import { previewOf } from '../../store/preview.js';
import { type Failed, failedEnd } from '../failure.js';
import { sourceOf } from '../source.js';
import { markOf } from './mark.js';
import { keepCrossing } from './outputs.js';
import { attemptStart, ITEM_INPUT } from '../attempt-start.js';
import type { Strays } from './strays.js';
import type { ItemReply, ItemRequest, StepMessage } from '../step-request.js';
import type { StepRuntime } from './runtime.js';

/** Characters of an item that stand in the record of its failure. */
const INPUT_LENGTH = 200;

export interface ItemChannel {
  /** Items as they come, a batch at a time. */
  batches: AsyncIterable<ItemRequest[]>;
  send(message: StepMessage): void;
  strays: Strays;
}

type Body = (item: unknown, index: number) => unknown;

/**
 * Works on all batches. What the body captures is looked at after each batch: until then nothing of the batch counts as
 * done, because an item that changes what others see would spoil them silently.
 */
export async function workOnItems(runtime: StepRuntime, body: Body, channel: ItemChannel): Promise<void> {
  for await (const batch of channel.batches) {
    const replies: ItemReply[] = [];
    for (const item of batch) {
      if (item.delay !== undefined) await pause(item.delay);
      const start = startOf(runtime, item);
      await writeAttemptStart(runtime.store, start);
      channel.send({ began: start });
      const end = await workOn(runtime, body, item, channel.strays);
      replies.push({ start, end, recorded: true });
      // Another attempt may be made, but no further item begun: the runner decides.
      if (end.state === 'failed') break;
    }
    const spoiled = changedCapture(runtime);
    for (const reply of replies) {
      if (spoiled && reply.end.state === 'succeeded')
        reply.end = { ...failedEnd(spoiled, runtime.request.secrets), ...readBy(reply.end) };
      await writeAttemptEnd(runtime.store, reply.start, reply.end);
    }
    channel.send({ items: replies });
    // Whose error that was is not known for sure: the other items begin in a fresh process.
    if (channel.strays.met) return;
  }
}

async function workOn(
  runtime: StepRuntime,
  body: Body,
  { index, attempt, input }: ItemRequest,
  strays: Strays,
): Promise<AttemptEnd> {
  const { request, guards, identity, reads } = runtime;
  runtime.at = [...(request.id.within ?? []), index];
  reads.beginItem();
  mark(request.mark!, index, attempt);
  const forget = identity.meeting();
  let item: unknown;
  try {
    item = await runtime.item(input);
    const unchanged = guards.watchOne(`the item ${index}`, item);
    const result = await Promise.race([body(item, index), strays.promise]);
    unchanged();
    const source = sourceOf({ ...request.id, index }, 'result');
    const kept = await keepCrossing(runtime, result, `result[${index}]`, source);
    return {
      format: 1,
      state: 'succeeded',
      ended: instant(),
      outputs: [],
      notKept: [],
      result: kept,
      ...reads.record(),
    };
  } catch (thrown) {
    const text = previewOf(item).text.replace(/\s+/g, ' ');
    const named: Failed = { index, input: text.slice(0, INPUT_LENGTH) };
    return { ...failedEnd(thrown, request.secrets, named), ...reads.record() };
  } finally {
    forget();
  }
}

function readBy({ read }: AttemptEnd): Pick<AttemptEnd, 'read'> {
  return read ? { read } : {};
}

function changedCapture({ guards }: StepRuntime): unknown {
  try {
    guards.check();
    return undefined;
  } catch (error) {
    return error;
  }
}

function startOf({ request }: StepRuntime, { index, attempt, input, key, parts }: ItemRequest): AttemptStart {
  const id = { ...request.id, index, attempt };
  const inputs = { ...request.inputs, [ITEM_INPUT]: input };
  return attemptStart(id, { digest: request.programDigest }, inputs, { key, parts });
}

/** Both streams say which item comes, whoever writes to them. */
function mark(mark: string, index: number, attempt: number): void {
  const text = markOf(mark, index, attempt);
  process.stdout.write(text);
  process.stderr.write(text);
}
