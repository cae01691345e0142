/** Starts and stops runs, follows their progress, and opens past ones. */
import type { Run } from '@tagflow/schema';
import { sentence } from './analysis.js';
import type { Answer, Client, Question } from './client.js';
import type { NotebookDocument } from './document.js';
import { appendLog, EMPTY_LOG, type LogPart } from './log.js';
import { readParameters } from './parameters.js';
import { goOnObstacle, logOf, runObstacle, shownRun, type PipelineState, type ShownRun } from './state.js';

export interface RunSource {
  client(): Client | null;
  document(): NotebookDocument | null;
  path(): string;
  state(): PipelineState;
  update(patch: Partial<PipelineState>): void;
}

type RunQuestion = Extract<Question, { type: 'run' | 'resume' | 'retry' }>;

/** Where a run that goes on is shown: with the notebook, or in its place. */
type Shown = 'latest' | 'past';

/** How many past runs are listed. */
const LISTED = 50;

/** Milliseconds between two looks at what the steps write. */
const GLANCE = 60;

export class RunBook {
  constructor(private readonly source: RunSource) {}

  /**
   * Runs the notebook's pipeline as it stands, with the form's parameters. Resolves when the run has ended.
   * @param cache whether results of earlier runs may stand for steps
   */
  async start(cache = true): Promise<void> {
    const state = this.source.state();
    const notebook = this.source.document();
    const parameters = readParameters(state.pipeline?.parameters ?? [], state.entries);
    if (!notebook || runObstacle(state) !== null) return;
    if (Object.keys(parameters.problems).length > 0) {
      return this.source.update({ refusal: 'Correct the parameters first.' });
    }
    const path = this.source.path();
    const question = { type: 'run' as const, notebook, path, parameters: parameters.values };
    await this.follow(cache ? question : { ...question, cache }, 'latest');
  }

  /** Goes on with the run that is shown: `resume` with the notebook as it is now, `retry` as it was then. */
  async goOn(kind: 'resume' | 'retry'): Promise<void> {
    const state = this.source.state();
    const notebook = this.source.document();
    const shown = shownRun(state);
    if (!notebook || !shown || goOnObstacle(state, kind) !== null) return;
    const run = shown.run.id;
    if (kind === 'retry') await this.follow({ type: 'retry', run }, 'past');
    else await this.follow({ type: 'resume', run, notebook, path: this.source.path() }, 'latest');
  }

  /** Stops the run that goes on; its steps end and what they kept stays. */
  async stop(): Promise<void> {
    if (!this.source.state().running) return;
    // A run that has no id yet is stopped as soon as it has one.
    this.stopping = true;
    if (this.going !== null) await this.ask({ type: 'stop', run: this.going });
  }

  /** Reads the list of past runs again. */
  async refresh(): Promise<void> {
    const reply = await this.ask({ type: 'runs', limit: LISTED });
    if (reply) this.source.update({ runs: newestFirst(reply.runs) });
  }

  /** Shows a past run in place of the notebook. */
  async open(id: string): Promise<void> {
    const reply = await this.ask({ type: 'show', run: id });
    if (!reply) return;
    this.source.update({
      past: { run: reply.run, document: reply.document ?? null, logs: {} },
      selected: null,
      refusal: null,
    });
  }

  /** Shows the notebook again. */
  close(): void {
    this.source.update({ past: null, selected: null });
  }

  /** Fetches the log of a step, unless it came with the progress already. */
  async fetchLog(step: string): Promise<void> {
    const shown = shownRun(this.source.state());
    if (!shown || this.source.state().running || logOf(shown, step).length > 0) return;
    const key = `${shown.run.id}/${step}`;
    if (this.fetching.has(key)) return;
    this.fetching.add(key);
    await this.ask({ type: 'logs', run: shown.run.id, step }, (reply) => this.log(reply.run, step, reply));
    this.fetching.delete(key);
  }

  private async follow(question: RunQuestion, where: Shown): Promise<void> {
    const client = this.source.client();
    if (!client) return;
    const cleared = where === 'latest' ? { latest: null, past: null } : {};
    // What would run again is another thing after the run.
    this.source.update({ running: true, refusal: null, stale: null, ...cleared });
    this.stopping = false;
    this.going = null;
    try {
      await client.ask(question, (reply: Answer<RunQuestion>) => this.progress(client, reply, where));
    } catch (error) {
      const shown = this.source.state()[where];
      const ours = shown !== null && shown.run.id === this.going;
      this.source.update({ refusal: sentence(error), ...(ours ? { [where]: lost(shown) } : {}) });
    }
    this.going = null;
    this.source.update({ running: false });
    await this.refresh();
  }

  private progress(client: Client, reply: Answer<RunQuestion>, where: Shown): void {
    if (reply.type === 'log') return this.log(reply.run, reply.step, reply);
    const { run, document } = reply;
    const shown = this.source.state()[where];
    const known = shown?.run.id === run.id ? shown : null;
    const isFirst = this.going === null;
    this.going = run.id;
    // Who has gone back to the notebook meanwhile is left there.
    if (isFirst || known)
      this.source.update({
        [where]: { run, document: document ?? known?.document ?? null, logs: known?.logs ?? {} },
      });
    if (isFirst && this.stopping) void client.ask({ type: 'stop', run: run.id }).catch(() => undefined);
  }

  /** Keeps what was written for a moment, since a chatty step writes faster than anybody can read. */
  private log(run: string, step: string, part: LogPart): void {
    this.unread.push({ run, step, part });
    this.reading ??= setTimeout(() => this.read(), GLANCE);
  }

  /** Adds what was written to the logs of whichever shown runs it belongs to. */
  private read(): void {
    this.reading = null;
    const unread = this.unread;
    this.unread = [];
    let { latest, past } = this.source.state();
    for (const { run, step, part } of unread) {
      latest = withLog(latest, run, step, part);
      past = withLog(past, run, step, part);
    }
    this.source.update({ latest, past });
  }

  /** Asks; a refusal is shown and answered with null. */
  private async ask<Q extends Question>(
    question: Q,
    onReply?: (reply: Answer<Q>) => void,
  ): Promise<Answer<Q> | null> {
    const client = this.source.client();
    if (!client) return null;
    try {
      return await client.ask(question, onReply);
    } catch (error) {
      // A kernel that goes away is shown as such; the question is moot.
      if (!client.isClosed) this.source.update({ refusal: sentence(error) });
      return null;
    }
  }

  private stopping = false;
  /** The run that goes on, once it has an id. */
  private going: string | null = null;
  private unread: { run: string; step: string; part: LogPart }[] = [];
  private reading: ReturnType<typeof setTimeout> | null = null;
  private readonly fetching = new Set<string>();
}

function withLog(shown: ShownRun | null, run: string, step: string, part: LogPart): ShownRun | null {
  if (shown?.run.id !== run) return shown;
  const { stream, text } = part;
  return {
    ...shown,
    logs: { ...shown.logs, [step]: appendLog(shown.logs[step] ?? EMPTY_LOG, { stream, text }) },
  };
}

/** A run whose kernel went away says nothing more: what was going on is not known. */
function lost(shown: ShownRun | null): ShownRun | null {
  if (shown?.run.state !== 'running') return shown;
  const steps = shown.run.steps.map((step) =>
    step.state === 'running' || step.state === 'pending' ? { ...step, state: 'lost' as const } : step,
  );
  return { ...shown, run: { ...shown.run, state: 'lost', steps } };
}

function newestFirst(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => b.created.localeCompare(a.created));
}
