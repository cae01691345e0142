/** Where the project's runs on a cluster go: reads it, writes it, checks it, and exports for it. */
import type { Deployment, FindingReply } from '@tagflow/schema';
import { sentence, type Answer, type Question } from '../comm/client.js';
import { ask } from '../comm/question.js';
import type { RunSource } from '../run/runbook.js';

/** One of the doctor's findings, or what is being looked at. */
export type Finding = Pick<FindingReply, 'what' | 'state' | 'text'>;

type ClusterSource = Pick<RunSource, 'client' | 'document' | 'path' | 'update'>;

export class ClusterBook {
  constructor(private readonly source: ClusterSource) {}

  /** Reads it again. */
  async refresh(): Promise<void> {
    const reply = await ask(this.source, { type: 'cluster' });
    if (reply) this.source.update({ cluster: reply });
  }

  /** @returns why the settings cannot be used, or null when they are written */
  async configure(deployment: Deployment): Promise<string | null> {
    const client = this.source.client();
    if (!client) return 'The kernel is not connected.';
    try {
      this.source.update({ cluster: await client.ask({ type: 'configure', deployment: { ...deployment } }) });
      return null;
    } catch (error) {
      return sentence(error);
    }
  }

  /**
   * Looks at all that runs on the cluster need. The last finding, `all`, sums them up.
   * @param roundTrip whether a pod is sent there and back, which takes half a minute
   */
  async examine(roundTrip: boolean, onFinding: (finding: Finding) => void): Promise<void> {
    const notebook = this.source.document();
    const question = { type: 'doctor', roundTrip, ...(notebook ? { notebook } : {}) } as const;
    const reply = await ask(this.source, question, onFinding);
    if (!reply)
      onFinding({ what: 'all', state: 'failed', text: 'The kernel is not connected: nothing was checked.' });
  }

  /**
   * @param folder relative to the notebook
   * @returns the files that were written, or null when that was refused
   */
  async export(folder: string): Promise<Answer<{ type: 'export' } & Question> | null> {
    const notebook = this.source.document();
    if (!notebook) return null;
    this.source.update({ refusal: null, doing: 'Exporting' });
    const path = this.source.path();
    const reply = await ask(this.source, { type: 'export', notebook, path, folder }, (each) => {
      if (each.type === 'progress') this.source.update({ doing: each.text });
    });
    this.source.update({ doing: null });
    return reply;
  }
}
