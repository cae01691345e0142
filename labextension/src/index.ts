/** The plugins of the extension. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IMetadataFormProvider } from '@jupyterlab/metadataform';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IFormRendererRegistry } from '@jupyterlab/ui-components';
import { addCommands } from './commands.js';
import { followCells } from './step/markers.js';
import type { NotebookPipeline } from './model.js';
import { createPanel } from './panel/panel.js';
import { Pipelines } from './pipelines.js';
import { isAsked } from './past/startview.js';
import { addStepFields } from './step/stepfields.js';
import { followForm } from './step/stepform.js';
import { summaryRenderers } from './past/summaryrenderer.js';
import { Command, IPipelines, PANEL_ID, PLUGIN_ID } from './tokens.js';

const plugin: JupyterFrontEndPlugin<IPipelines> = {
  id: PLUGIN_ID,
  description: 'Tag notebook cells as steps, see the pipeline, run it.',
  autoStart: true,
  provides: IPipelines,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ): IPipelines => {
    const pipelines = new Pipelines(tracker);
    addCommands(app, tracker, pipelines, palette);

    const actions = {
      edit: () => void app.commands.execute(Command.tagStep),
      showPipeline: () => void app.commands.execute(Command.showPipeline),
    };
    const follow = (model: NotebookPipeline): void => followCells(model, actions);
    pipelines.all.forEach(follow);
    pipelines.added.connect((_, model) => follow(model));

    openAsked(app, pipelines);
    const panel = createPanel(pipelines, app.commands);
    app.shell.add(panel, 'right', { rank: 900 });
    restorer?.add(panel, PANEL_ID);
    return pipelines;
  },
};

/** An address that leads to the page of runs opens it, once a notebook can answer. */
function openAsked({ commands, restored }: JupyterFrontEnd, pipelines: Pipelines): void {
  if (!isAsked()) return;
  let opened = false;
  const look = (): void => {
    if (opened || !commands.isEnabled(Command.openRuns)) return;
    opened = true;
    void commands.execute(Command.openRuns);
  };
  const follow = (model: NotebookPipeline | null): void => {
    look();
    model?.changed.connect(look);
  };
  void restored.then(() => {
    follow(pipelines.current);
    pipelines.currentChanged.connect((_, model) => follow(model));
  });
}

const summaries: JupyterFrontEndPlugin<void> = {
  id: '@tagflow/labextension:summaries',
  description: 'Shows summaries of runs in outputs.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (_: JupyterFrontEnd, registry: IRenderMimeRegistry) => registry.addFactory(summaryRenderers),
};

const fields: JupyterFrontEndPlugin<void> = {
  id: '@tagflow/labextension:step-fields',
  description: "Fields of the form for a step's settings.",
  autoStart: true,
  requires: [IFormRendererRegistry],
  activate: (_: JupyterFrontEnd, registry: IFormRendererRegistry) => addStepFields(registry),
};

const form: JupyterFrontEndPlugin<void> = {
  id: '@tagflow/labextension:step-form',
  description: "Shows the form for a step's settings where a cell is tagged as a step.",
  autoStart: true,
  requires: [INotebookTracker, IPipelines, IMetadataFormProvider],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipelines: IPipelines,
    forms: IMetadataFormProvider,
  ) => followForm(app, tracker, pipelines, forms),
};

export { IPipelines } from './tokens.js';
export default [plugin, fields, form, summaries];
