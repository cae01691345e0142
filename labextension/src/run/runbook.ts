/** Starts and stops runs, follows their progress, and opens past ones. */
import type { Run } from '@tagflow/schema';
import { sentence, type Answer, type Client, type Question } from '../comm/client.js';
import type { NotebookDocument } from '../comm/document.js';
import { appendLog, EMPTY_LOG, type LogPart } from './log.js';
import { readParameters } from './parameters.js';
import { ask, type Asking } from '../comm/question.js';
import {
  goOnObstacle,
  logOf,
  runObstacle,
  shownRun,
  stoppable,
  submitObstacle,
  type PipelineState,
  type ShownRun,
} from '../state.js';

export interface RunSource extends Asking {
  document(): NotebookDocument | null;
  path(): string;
  state(): PipelineState;
}

type RunQuestion = Extract<Question, { type: 'run' | 'submit' | 'watch' | 'resume' | 'retry' }>;

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
   * @param type run: on this machine; submit: on the cluster
   */
  async start(cache = true, type: 'run' | 'submit' = 'run'): Promise<void> {
    const state = this.source.state();
    const notebook = this.source.document();
    const parameters = readParameters(state.pipeline?.parameters ?? [], state.entries);
    const obstacle = type === 'run' ? runObstacle(state) : submitObstacle(state);
    if (!notebook || obstacle !== null) return;
    if (Object.keys(parameters.problems).length > 0) {
      return this.source.update({ refusal: 'Correct the parameters first.' });
    }
    const path = this.source.path();
    const question = { type, notebook, path, parameters: parameters.values };
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

  /** Stops the run that goes on, or the shown one that is on a cluster; its steps end and what they kept stays. */
  async stop(): Promise<void> {
    const state = this.source.state();
    if (!state.running) {
      if (stoppable(state)) await ask(this.source, { type: 'stop', run: shownRun(state)!.run.id });
      return;
    }
    // A run that has no id yet is stopped as soon as it has one.
    this.stopping = true;
    if (this.going !== null) await ask(this.source, { type: 'stop', run: this.going });
  }

  /** Reads the list of past runs again. */
  async refresh(): Promise<void> {
    const reply = await ask(this.source, { type: 'runs', limit: LISTED });
    if (reply) this.source.update({ runs: newestFirst(reply.runs) });
  }

  /** Shows a past run in place of the notebook. */
  async open(id: string): Promise<void> {
    const reply = await ask(this.source, { type: 'show', run: id });
    if (!reply) return;
    this.source.update({
      // What has been told is not told again.
      past: { run: reply.run, document: reply.document ?? null, logs: this.followed.get(id) ?? {} },
      selected: null,
      refusal: null,
    });
    if (goesOnOnCluster(reply.run)) void this.watch(id);
  }

  /** Follows the shown run again, after the kernel went away and came back: what is on a cluster went on meanwhile. */
  async followAgain(): Promise<void> {
    const { latest, past } = this.source.state();
    await Promise.all(
      [latest, past].map((shown) =>
        shown && goesOnOnCluster(shown.run) ? this.watch(shown.run.id) : Promise.resolve(),
      ),
    );
  }

  /** Shows the notebook again. */
  close(): void {
    this.source.update({ past: null, selected: null });
  }

  /** Fetches the log of a step, unless it came with the progress already. */
  async fetchLog(step: string): Promise<void> {
    const shown = shownRun(this.source.state());
    if (!shown || this.followed.has(shown.run.id) || logOf(shown, step).length > 0) return;
    const key = `${shown.run.id}/${step}`;
    if (this.fetching.has(key)) return;
    this.fetching.add(key);
    await ask(this.source, { type: 'logs', run: shown.run.id, step }, (reply) =>
      this.log(reply.run, step, reply),
    );
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
    const followed: Followed = { id: null, where };
    try {
      await client.ask(question, (reply: Answer<RunQuestion>) => this.progress(client, reply, followed));
    } catch (error) {
      this.source.update({ refusal: sentence(error) });
      if (followed.id !== null) this.change(followed.id, lost);
    }
    this.leaveOff(followed.id);
    // A run on a cluster was let go of when it had begun, and another may go on by now.
    if (this.going === followed.id) this.release();
    await this.refresh();
  }

  /** Follows a run that goes on elsewhere. */
  private async watch(run: string): Promise<void> {
    if (this.followed.has(run)) return;
    this.followed.set(run, {});
    // What was written is told from the beginning.
    this.change(run, (shown) => ({ ...shown, logs: {} }));
    const followed: Followed = { id: run, where: 'past' };
    const client = this.source.client();
    const reply = await ask(this.source, { type: 'watch', run }, (each) =>
      this.progress(client!, each, followed),
    );
    this.leaveOff(run);
    if (reply) await this.refresh();
  }

  private leaveOff(run: string | null): void {
    if (run === null) return;
    this.read();
    this.followed.delete(run);
    this.change(run, (shown) => ({ ...shown, away: undefined }));
  }

  /** Changes a run wherever it is shown. Who has gone back to the notebook, or on to another run, is left there. */
  private change(run: string, change: (shown: ShownRun) => ShownRun): void {
    const { latest, past } = this.source.state();
    if (latest?.run.id === run) this.source.update({ latest: change(latest) });
    if (past?.run.id === run) this.source.update({ past: change(past) });
  }

  private release(): void {
    this.going = null;
    this.source.update({ running: false, doing: null });
  }

  private progress(client: Client, reply: Answer<RunQuestion>, followed: Followed): void {
    if (reply.type === 'log') return this.log(reply.run, reply.step, reply);
    if (reply.type === 'progress') return this.source.update({ doing: reply.text });
    if (reply.type === 'waiting') {
      const { run, step, text } = reply;
      return this.change(run, (shown) => ({ ...shown, waiting: { ...shown.waiting, [step]: text } }));
    }
    if (reply.type === 'away') {
      const { run, text, until } = reply;
      const away = text !== undefined && until !== undefined ? { text, until } : undefined;
      return this.change(run, (shown) => ({ ...shown, away }));
    }
    const { run, document = null } = reply;
    const isFirst = followed.id === null;
    followed.id = run.id;
    if (isFirst) {
      this.going = run.id;
      this.followed.set(run.id, {});
      this.source.update({ [followed.where]: { run, document, logs: {} } });
    } else this.change(run.id, (shown) => ({ ...shown, run, document: document ?? shown.document }));
    if (isFirst && this.stopping) void client.ask({ type: 'stop', run: run.id }).catch(() => undefined);
    // It goes on without us, so that others may begin here.
    if (isFirst && run.cluster) {
      this.release();
      void this.refresh();
    }
  }

  /** Keeps what was written for a moment, since a chatty step writes faster than anybody can read. */
  private log(run: string, step: string, part: LogPart): void {
    this.unread.push({ run, step, part });
    this.reading ??= setTimeout(() => this.read(), GLANCE);
  }

  /** Adds what was written to the logs of the runs that it belongs to. */
  private read(): void {
    if (this.reading !== null) clearTimeout(this.reading);
    this.reading = null;
    const unread = this.unread;
    this.unread = [];
    for (const run of new Set(unread.map((each) => each.run))) {
      const parts = unread.filter((each) => each.run === run);
      const known = this.followed.get(run);
      const logs = known && parts.reduce(withLog, known);
      if (logs) this.followed.set(run, logs);
      this.change(run, (shown) => ({ ...shown, logs: logs ?? parts.reduce(withLog, shown.logs) }));
    }
  }

  private stopping = false;
  /** The run that goes on here, once it has an id. */
  private going: string | null = null;
  private unread: Unread[] = [];
  private reading: ReturnType<typeof setTimeout> | null = null;
  private readonly fetching = new Set<string>();
  /** Runs of which the kernel tells by itself, shown or not, with what their steps have written. */
  private readonly followed = new Map<string, ShownRun['logs']>();
}

/** A run of which the kernel tells, and where that is shown at first. */
interface Followed {
  /** Null until it is known. */
  id: string | null;
  where: Shown;
}

function goesOnOnCluster(run: Run): boolean {
  return run.state === 'running' && run.cluster !== undefined;
}

interface Unread {
  run: string;
  step: string;
  part: LogPart;
}

function withLog(
  logs: ShownRun['logs'],
  { step, part: { stream, text, attempt } }: Unread,
): ShownRun['logs'] {
  return { ...logs, [step]: appendLog(logs[step] ?? EMPTY_LOG, { stream, text, attempt }) };
}

/** A run whose kernel went away says nothing more: what was going on is not known, unless it is on a cluster. */
function lost(shown: ShownRun): ShownRun {
  if (shown.run.state !== 'running' || shown.run.cluster) return shown;
  const steps = shown.run.steps.map((step) =>
    step.state === 'running' || step.state === 'pending' ? { ...step, state: 'lost' as const } : step,
  );
  return { ...shown, run: { ...shown.run, state: 'lost', steps } };
}

function newestFirst(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => b.created.localeCompare(a.created));
}
