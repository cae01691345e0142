/** Asks which steps would run again now: after each analysis, run and entry, and never while something is typed. */
import type { Client } from './comm/client.js';
import { readParameters } from './run/parameters.js';
import { errorsOf, type PipelineState } from './state.js';

export interface StaleSource {
  client(): Client | null;
  state(): PipelineState;
  update(patch: Pick<PipelineState, 'stale'>): void;
}

/** Quiet time in milliseconds; longer than that before an analysis, which comes first. */
const QUIET = 800;

export class StaleSteps {
  constructor(private readonly source: StaleSource) {}

  /** Something on which it depends has changed. */
  touch(): void {
    this.wanted = true;
    this.hold();
  }

  /** The user does something: what is wanted waits. */
  hold(): void {
    clearTimeout(this.timer);
    if (this.wanted) this.timer = setTimeout(() => void this.ask(), QUIET);
  }

  dispose(): void {
    this.wanted = false;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    const client = this.source.client();
    const { pipeline, entries, running, analysing } = this.source.state();
    // Each of these ends with a touch.
    if (!client || !pipeline || running || analysing || this.asking === client) return;
    this.wanted = false;
    const { values, problems } = readParameters(pipeline.parameters, entries);
    const cannotRun = errorsOf(pipeline).length > 0 || Object.keys(problems).length > 0;
    if (cannotRun) return this.source.update({ stale: null });
    this.asking = client;
    let stale: PipelineState['stale'] = null;
    try {
      const { steps } = await client.ask({ type: 'stale', parameters: values });
      stale = new Map(steps.filter((step) => step.stale).map(({ step, reasons }) => [step, reasons]));
    } catch {
      // It is a hint: without it everything else still works, and a run says what is wrong.
    }
    if (this.asking !== client) return;
    this.asking = null;
    // What has changed meanwhile is asked about anew.
    if (!this.wanted && !this.source.state().running) this.source.update({ stale });
    if (this.wanted) this.hold();
  }

  /** The client that has been asked and has not answered. */
  private asking: Client | null = null;
  private wanted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
}

/** How many reasons are told. */
const TOLD = 3;

/** Why a step would run, as one sentence. */
export function staleText(reasons: readonly string[]): string {
  const told = reasons.slice(0, TOLD).map((reason) => reason.replace(/\.$/, ''));
  const more = reasons.length - told.length;
  if (more > 0) told.push(`and ${more} more`);
  return told.length === 0 ? 'Would run now.' : `Would run now: ${told.join('; ')}.`;
}
