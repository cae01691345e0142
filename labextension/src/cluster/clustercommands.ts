/** The commands that put pipelines on a cluster, export them for one, and set one up. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import { fileUploadIcon } from '@jupyterlab/ui-components';
import type { NotebookPipeline } from '../model.js';
import { openPage } from '../pages.js';
import { addPipelineCommand, type PipelineCommand } from '../pipelinecommand.js';
import { runObstacle, submitObstacle, type PipelineState } from '../state.js';
import { Command, type IPipelines } from '../tokens.js';

export function addClusterCommands(app: JupyterFrontEnd, pipelines: IPipelines): void {
  const { commands } = app;
  const add = (id: string, command: Omit<PipelineCommand, 'icon'>): void =>
    addPipelineCommand(app, pipelines, id, { ...command, icon: fileUploadIcon });
  add(Command.submit, {
    label: 'Submit Pipeline',
    caption: 'Run what has changed on the cluster, one container a step',
    obstacle: submitObstacle,
    start: ({ runs }) => runs.start(true, 'submit'),
  });
  add(Command.submitEverything, {
    label: 'Submit Everything',
    caption: 'Run all steps on the cluster, also those that have results already',
    obstacle: submitObstacle,
    start: ({ runs }) => runs.start(false, 'submit'),
  });
  add(Command.export, {
    label: 'Export for the Cluster…',
    caption: 'Write the pipeline as files for Argo Workflows, for kubectl or GitOps',
    obstacle: exportObstacle,
    start: (model) => exportPipeline(app, model),
  });
  commands.addCommand(Command.setUpCluster, {
    label: 'Set Up and Check the Cluster…',
    caption: 'Where runs on a cluster go, and whether they can',
    isEnabled: () => pipelines.current?.state.link === 'ready',
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => pipelines.current && openPage(app, pipelines.current, 'cluster'),
  });
}

function exportObstacle(state: PipelineState): string | null {
  return runObstacle(state) ?? state.cluster?.problem ?? (state.doing === null ? null : `${state.doing}…`);
}

async function exportPipeline({ commands }: JupyterFrontEnd, model: NotebookPipeline): Promise<void> {
  const { value } = await InputDialog.getText({
    title: 'Export for the cluster',
    label: 'Folder, beside the notebook',
    text: 'argo',
    okLabel: 'Export',
    required: true,
  });
  if (!value) return;
  const reply = await model.cluster.export(value);
  if (reply?.type !== 'exported') return;
  const { files, warnings } = reply;
  const { localPath } = model.panel.context;
  const folder = localPath.slice(0, localPath.lastIndexOf('/') + 1);
  Notification.success([`Written: ${files.join(', ')}.`, ...warnings].join('\n'), {
    autoClose: 15_000,
    actions: [
      {
        label: 'Open',
        callback: () => void commands.execute('docmanager:open', { path: `${folder}${files[0]}` }),
      },
    ],
  });
}
