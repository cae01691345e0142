/** Has the notebook analysed whenever it changed, one question at a time. */
import { ReplyError, type Client } from './client.js';
import type { NotebookDocument } from './document.js';
import type { PipelineState } from './state.js';

/** What the analysis needs of the notebook. */
export interface AnalysisSource {
  client(): Client | null;
  /** Null while the notebook is not loaded. */
  document(): NotebookDocument | null;
  path(): string;
  update(patch: Partial<Pick<PipelineState, 'pipeline' | 'analysing' | 'problem'>>): void;
}

/** Quiet time in milliseconds after the last change, so that half-typed words are not reported. */
const QUIET = 400;

export class Analysis {
  constructor(private readonly source: AnalysisSource) {}

  /** The notebook may have changed. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.analyse(), QUIET);
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
      if (this.asking === client) this.source.update({ pipeline, problem: null });
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

  /** The client that has been asked and has not answered. */
  private asking: Client | null = null;
  private again = false;
  private sent: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
}

/** What a failure says to the user. */
export function sentence(error: unknown): string {
  if (error instanceof ReplyError) return error.message;
  return `Something went wrong in the extension: ${error instanceof Error ? error.message : String(error)}`;
}
