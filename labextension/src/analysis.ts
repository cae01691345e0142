/** Has the notebook analysed whenever it changed, one question at a time. */
import type { Pipeline } from '@tagflow/schema';
import { sentence, type Client } from './comm/client.js';
import type { NotebookDocument } from './comm/document.js';
import type { PipelineState } from './state.js';

/** What the analysis needs of the notebook. */
export interface AnalysisSource {
  client(): Client | null;
  /** Null while the notebook is not loaded. */
  document(): NotebookDocument | null;
  path(): string;
  update(patch: Partial<Pick<PipelineState, 'pipeline' | 'analysing' | 'problem'>>): void;
}

/**
 * Quiet time in milliseconds after the last change, so that half-typed words are not reported: somewhat longer than
 * between the changes before it.
 */
const QUIET = { least: 60, most: 250 };
const LONGER = 1.3;
/** Milliseconds between changes of which nothing is known yet. */
const PACE = 140;
/** How much of a pace counts after each faster change. */
const MEMORY = 0.8;

export class Analysis {
  constructor(private readonly source: AnalysisSource) {}

  /** The notebook may have changed. */
  touch(): void {
    clearTimeout(this.timer);
    const pause = Date.now() - this.touched;
    this.touched += pause;
    this.pace = pause > QUIET.most ? PACE : Math.max(pause, this.pace * MEMORY);
    const quiet = Math.min(QUIET.most, Math.max(QUIET.least, this.pace * LONGER));
    this.timer = setTimeout(() => void this.analyse(), quiet);
  }

  /** Analyses now, also when nothing changed: for a new kernel. */
  start(): void {
    clearTimeout(this.timer);
    this.sent = null;
    void this.analyse();
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private async analyse(): Promise<void> {
    const client = this.source.client();
    const notebook = this.source.document();
    if (!client || !notebook) return;
    if (this.asking === client) {
      this.again = true;
      return;
    }
    // Outputs change while cells run; they are not part of the document, so nothing is sent for them.
    const text = JSON.stringify(notebook);
    if (text === this.sent) return;
    this.sent = text;
    this.asking = client;
    this.source.update({ analysing: true });
    try {
      const { pipeline } = await client.ask({ type: 'analyse', notebook, path: this.source.path() });
      if (this.asking === client) this.take(pipeline, text);
    } catch (error) {
      if (this.asking === client && !client.isClosed) this.source.update({ problem: sentence(error) });
    }
    if (this.asking !== client) return;
    this.asking = null;
    this.source.update({ analysing: false });
    if (this.again) {
      this.again = false;
      void this.analyse();
    }
  }

  /** Of a notebook that is another by now there is another answer to come. */
  private take(pipeline: Pipeline, text: string): void {
    if (JSON.stringify(this.source.document()) === text) this.source.update({ pipeline, problem: null });
    else this.sent = null;
  }

  /** When the notebook changed last, and how slow its changes were, in milliseconds. */
  private touched = 0;
  private pace = 0;
  /** The client that has been asked and has not answered. */
  private asking: Client | null = null;
  private again = false;
  private sent: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
}
