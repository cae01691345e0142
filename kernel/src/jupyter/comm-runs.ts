/** Runs that the extension has started: each is told of until it ends, and can be stopped. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Pipeline, ResumeRequest, RetryRequest, RunRequest } from '@tagflow/schema';
import { analyse } from '../run/analysis/analysis.js';
import { startRun, type StartOptions } from '../run/index.js';
import { goOnWith } from '../run/origin.js';
import { pastRun } from '../cluster/past-run.js';
import { projectOf } from '../store/index.js';
import type { CommCluster } from './comm-cluster.js';
import { withoutSources } from './comm-pipeline.js';
import type { Analysed, Answer } from './comm-request.js';

const PATIENCE = 2000; // ms

export class CommRuns {
  private readonly running = new Map<string, AbortController>();

  /** @param directory the notebook's */
  constructor(
    private readonly directory: string,
    private readonly analysed: Analysed,
    private readonly cluster: Pick<CommCluster, 'goOn' | 'stop'>,
  ) {}

  /** Resolves when the run has ended; its states and logs are answers. */
  async run(request: RunRequest, answer: Answer): Promise<void> {
    const { id, notebook, path, parameters, cache } = request;
    const pipeline = await this.analysed(request);
    const { directory } = this;
    await this.follow(
      id,
      { notebook: JSON.stringify(notebook), path, directory, parameters, cache, pipeline },
      answer,
    );
  }

  /**
   * Goes on with a run, with the notebook as it is now.
   * @throws StoreError as `goOnWith`, Error when the run is one of another notebook
   */
  async resume(request: ResumeRequest, answer: Answer): Promise<void> {
    const { id, run: name, notebook, path } = request;
    const { store, run } = await pastRun(this.directory, name);
    const isOther =
      path !== undefined &&
      run.notebook !== undefined &&
      join(projectOf(this.directory), run.notebook) !== join(this.directory, fileName(path));
    if (isOther)
      throw new Error(
        `The run ${name} is one of ${run.notebook}: open that notebook to resume it, or retry the run as it was.`,
      );
    const going = await goOnWith(store, run, 'resume', this.directory, JSON.stringify(notebook));
    const pipeline = await this.analysed(request);
    const what = { ...going, parameters: run.parameters, pipeline };
    if (run.cluster) await this.cluster.goOn(id, what, run.cluster, answer);
    else await this.follow(id, { ...what, store }, answer);
  }

  /**
   * Goes on with a run, with the notebook as it was then, which is told with the first answer.
   * @throws StoreError as `goOnWith`
   */
  async retry({ id, run: name }: RetryRequest, answer: Answer): Promise<void> {
    const { store, run } = await pastRun(this.directory, name);
    const going = await goOnWith(store, run, 'retry', this.directory);
    const pipeline = await analyse({ ...going, name: run.notebook ?? 'notebook' });
    const what = { ...going, parameters: run.parameters, pipeline };
    if (run.cluster) await this.cluster.goOn(id, what, run.cluster, answer, pipeline);
    else await this.follow(id, { ...what, store }, answer, pipeline);
  }

  /** @throws Error when the run has ended, or was started elsewhere on a machine */
  async stop(run: string): Promise<void> {
    const controller = this.running.get(run);
    if (controller) controller.abort();
    else await this.cluster.stop({ run });
  }

  /** Stops all runs and gives them a little time to write that they were stopped. */
  async stopAll(): Promise<void> {
    for (const controller of this.running.values()) controller.abort();
    const end = Date.now() + PATIENCE;
    while (this.running.size > 0 && Date.now() < end) await setTimeout(50);
  }

  private async follow(
    id: string,
    options: Omit<StartOptions, 'trigger'>,
    answer: Answer,
    told?: Pipeline,
  ): Promise<void> {
    const controller = new AbortController();
    let started: string | undefined;
    try {
      const run = await startRun({
        ...options,
        trigger: 'notebook',
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'run') {
            const document = started === undefined && told ? { document: withoutSources(told) } : {};
            started ??= event.run.id;
            this.running.set(started, controller);
            answer({ type: 'run', id, run: event.run, ...document, done: false });
          } else if (event.type === 'log') {
            const { run, step, attempt, stream, text } = event;
            answer({ type: 'log', id, run, step, attempt, stream, text, done: false });
          }
        },
      });
      answer({ type: 'run', id, run, done: true });
    } finally {
      if (started !== undefined) this.running.delete(started);
    }
  }
}

/** Jupyter's paths have slashes everywhere. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
