/** A process that works on items of a `foreach`, seen from the runner. */
import type { AttemptEnd, AttemptStart } from '@tagflow/schema';
import { failureOf } from './failure.js';
import type { Execution, StepProcess } from './step-process.js';
import type { ItemReply, ItemRequest, NestedEnd, NestedLoop, StepMessage } from './step-request.js';

export interface ItemEvents {
  /** An item is begun. */
  onBegin: (start: AttemptStart) => void;
  /** The body of an item comes to a loop of its own, in so many an attempt. */
  onNested: (loop: NestedLoop, attempt: number) => Promise<NestedEnd>;
}

/** Whoever works on the items of a `foreach`. */
export interface ItemWorker {
  /** How it ended; undefined while it goes on. */
  readonly ended: AttemptEnd | undefined;
  /**
   * Hands over items, one batch at a time, and waits for them.
   * @returns those that ended. If the worker died, the item at which it died is among them; of the others nothing is
   * known, and they have to be done again
   */
  work(batch: readonly ItemRequest[]): Promise<ItemReply[]>;
  /** Ends it: there are no more items. */
  close(): Promise<void>;
}

export class ItemProcess implements ItemWorker {
  private readonly isWaiting: Promise<boolean>;
  private current: AttemptStart | undefined;
  private answer: (replies: ItemReply[]) => void = () => undefined;
  ended: AttemptEnd | undefined;

  constructor(
    private readonly process: StepProcess,
    private readonly execution: Execution,
    private readonly told: ItemEvents,
  ) {
    this.isWaiting = new Promise((resolve) => {
      process.onMessage((message: StepMessage) => {
        if ('waiting' in message) resolve(true);
        else if ('began' in message) this.began(message.began);
        else if ('nested' in message) void this.spread(message.nested);
        else if ('items' in message) this.answer(message.items);
      });
      void process.result.then(({ end }) => {
        this.ended = end;
        resolve(false);
        this.answer(this.diedAt(end));
      });
    });
  }

  async work(batch: readonly ItemRequest[]): Promise<ItemReply[]> {
    if (!(await this.isWaiting)) return [];
    this.current = undefined;
    const done = new Promise<ItemReply[]>((resolve) => (this.answer = resolve));
    if (this.ended) return [];
    this.process.send({ items: [...batch] });
    const replies = await done;
    this.process.limit(undefined);
    return replies;
  }

  async close(): Promise<void> {
    // What is said before it listens, it never hears: it would wait for items without end.
    if (await this.isWaiting) this.process.send({ items: [] });
    await this.process.result;
  }

  /** The body waits for an answer: where the loop cannot be spread, because the store fails, it is that. */
  private async spread(loop: NestedLoop): Promise<void> {
    const nestedEnd = await this.told
      .onNested(loop, this.current!.attempt)
      .catch((error: unknown): NestedEnd => ({ failure: failureOf(error) }));
    this.process.send({ nestedEnd });
  }

  private began(start: AttemptStart): void {
    this.current = start;
    this.process.limit(this.execution.timeout);
    this.told.onBegin(start);
  }

  private diedAt(end: AttemptEnd): ItemReply[] {
    if (!this.current) return [];
    const { index } = this.current;
    const failure = end.failure && { ...end.failure, index };
    return [{ start: this.current, end: { ...end, ...(failure ? { failure } : {}) }, recorded: false }];
  }
}
