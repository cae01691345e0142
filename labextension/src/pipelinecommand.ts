/** A command on the pipeline of the notebook in front. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { NotebookPipeline } from './model.js';
import type { PipelineState } from './state.js';
import { PANEL_ID, type IPipelines } from './tokens.js';

export interface PipelineCommand {
  label: string;
  caption: string;
  icon: LabIcon;
  /** Why it cannot be called now; null if it can. */
  obstacle: (state: PipelineState) => string | null;
  start: (model: NotebookPipeline) => Promise<void>;
}

/** It shows the panel, where its progress is seen. */
export function addPipelineCommand(
  { commands, shell }: JupyterFrontEnd,
  pipelines: IPipelines,
  id: string,
  { label, caption, icon, obstacle, start }: PipelineCommand,
): void {
  commands.addCommand(id, {
    label,
    // The reason why not stands where people look for it.
    caption: () => (pipelines.current ? (obstacle(pipelines.current.state) ?? caption) : caption),
    icon,
    isEnabled: () => pipelines.current !== null && obstacle(pipelines.current.state) === null,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      shell.activateById(PANEL_ID);
      if (pipelines.current) await start(pipelines.current);
    },
  });
}
