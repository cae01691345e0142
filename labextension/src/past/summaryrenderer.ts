/** Shows run summaries in outputs as the panel shows runs. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { validateReply, type RunReply } from '@tagflow/schema';
import { createElement } from 'react';
import { onFirstUse } from '../firstuse.js';
import { SUMMARY_TYPE } from '../tokens.js';

const SummaryView = onFirstUse(() => import('./summaryview.js'));

export const summaryRenderers: IRenderMime.IRendererFactory = {
  safe: true,
  mimeTypes: [SUMMARY_TYPE],
  defaultRank: 40,
  createRenderer: ({ mimeType }) => new SummaryRenderer(mimeType),
};

class SummaryRenderer extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly mimeType: string) {
    super();
    this.addClass('tf-Summary-host');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // It is what the kernel answers with, so that the same validator stands before both.
    const reply = { ...(model.data[this.mimeType] as object), type: 'run', id: '', done: true };
    this.reply = validateReply(reply) && reply.type === 'run' ? (reply as RunReply) : null;
    this.update();
    return this.renderPromise ?? Promise.resolve();
  }

  protected override render(): JSX.Element {
    const { reply } = this;
    if (!reply?.document)
      return createElement(
        'p',
        { className: 'tf-Quiet' },
        'This summary of a run cannot be read by this version.',
      );
    return createElement(SummaryView, { run: reply.run, document: reply.document });
  }

  private reply: RunReply | null = null;
}
