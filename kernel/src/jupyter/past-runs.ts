/** What the store of the notebook's folder knows of past runs, for somebody who is writing and does not want to wait. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from '@tagflow/schema';
import type { Inspection, PastName, PastNames } from '../language/messages.js';
import type { RunFilter } from '../store/run-filter.js';
import type { PastItem } from './past-text.js';

/** So long an answer is waited for, in milliseconds: what has been found by then is offered. */
const PATIENCE = 400;
/** So long reading may go on, in milliseconds: who asks again finds more. */
const LONGEST = 5_000;
/** So long what was read stands for what is there, in milliseconds. */
const FRESH = 2_000;

/** So many of the newest runs are offered, or told the names of pipelines from. */
const RUNS = 100;
/** So many of the newest runs tell names of steps and artifacts: older ones are of another notebook by now. */
const RECENT = 20;

interface Reading {
  /** Newest first; more may come until the end. */
  found: Run[];
  end: Promise<void>;
}

export class PastRuns {
  private readonly readings = new Map<string, Reading>();

  /** @param directory the notebook's */
  constructor(private readonly directory: string) {}

  /**
   * What could stand at a place, newest first.
   * @param typed how it must begin
   */
  async complete(past: PastName, typed: string): Promise<PastItem[]> {
    const { pastItems } = await import('./past-text.js');
    const isOfAll = past.kind === 'pipeline' || past.kind === 'run';
    const items = pastItems(past, await this.newest(past, isOfAll ? RUNS : RECENT));
    return items.filter(({ text }) => text.toLowerCase().startsWith(typed.toLowerCase()));
  }

  /** What is known about what stands at a place; undefined if that is nothing. */
  async inspect(past: PastName): Promise<Inspection | undefined> {
    const { pastText } = await import('./past-text.js');
    const { kind, text } = past;
    const names = kind === 'pipeline' || kind === 'run' ? { [kind]: text } : past;
    return pastText(past, await this.newest(names, RECENT));
  }

  private async newest({ pipeline, state, run }: PastNames, count: number): Promise<Run[]> {
    const wanted = { pipeline, state, run };
    const key = JSON.stringify([wanted, count]);
    let reading = this.readings.get(key);
    if (!reading) {
      this.readings.set(key, (reading = this.read(wanted, count)));
      const forget = (): void => void this.readings.delete(key);
      void reading.end.then(() => setTimeout(forget, FRESH).unref());
    }
    await Promise.race([reading.end, pause(PATIENCE)]);
    return [...reading.found];
  }

  private read(wanted: PastNames, count: number): Reading {
    const found: Run[] = [];
    // A store that cannot be read has nothing to offer; whoever reads a run of it is told why.
    const end = this.collect(wanted, count, found).catch(() => undefined);
    return { found, end };
  }

  private async collect({ run, ...names }: PastNames, count: number, found: Run[]): Promise<void> {
    // Loaded with the first question: most notebooks never ask.
    const { eachRun, findRunId, fits, openStore, readRun } = await import('../store/index.js');
    const store = openStore(this.directory);
    if (run !== undefined) return void found.push(await readRun(store, await findRunId(store, run)));
    // Also what is being asked then.
    const late = setTimeout(() => store.close?.(), LONGEST).unref();
    const latest = Date.now() + LONGEST;
    try {
      for await (const each of eachRun(store)) {
        if (fits(each, names as RunFilter)) found.push(each);
        if (found.length === count || Date.now() > latest) break;
      }
    } finally {
      clearTimeout(late);
    }
  }
}
