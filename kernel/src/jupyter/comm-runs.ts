/** Runs that the extension has started: each is told of until it ends, and can be stopped. */
import { setTimeout } from 'node:timers/promises';
import type { Pipeline, RunRequest } from '@tagflow/schema';
import { startRun } from '../run/index.js';
import type { Answer } from './comm.js';

const PATIENCE = 2000; // ms

export class CommRuns {
  private readonly running = new Map<string, AbortController>();

  /** @param directory the notebook's */
  constructor(private readonly directory: string) {}

  /** Resolves when the run has ended; its states and logs are answers. */
  async run(
    { id, notebook, path, parameters }: RunRequest,
    pipeline: Pipeline,
    answer: Answer,
  ): Promise<void> {
    const controller = new AbortController();
    let started: string | undefined;
    try {
      const run = await startRun({
        notebook: JSON.stringify(notebook),
        path,
        directory: this.directory,
        parameters,
        pipeline,
        trigger: 'notebook',
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'run') {
            started ??= event.run.id;
            this.running.set(started, controller);
            answer({ type: 'run', id, run: event.run, done: false });
          } else if (event.type === 'log') {
            const { run, step, stream, text } = event;
            answer({ type: 'log', id, run, step, stream, text, done: false });
          }
        },
      });
      answer({ type: 'run', id, run, done: true });
    } finally {
      if (started !== undefined) this.running.delete(started);
    }
  }

  /** @throws Error when the run was not started here or has ended */
  stop(run: string): void {
    const controller = this.running.get(run);
    if (!controller)
      throw new Error(`The run ${run} does not run in this kernel: it has ended, or was started elsewhere.`);
    controller.abort();
  }

  /** Stops all runs and gives them a little time to write that they were stopped. */
  async stopAll(): Promise<void> {
    for (const controller of this.running.values()) controller.abort();
    const end = Date.now() + PATIENCE;
    while (this.running.size > 0 && Date.now() < end) await setTimeout(50);
  }
}
