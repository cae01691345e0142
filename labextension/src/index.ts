/** The plugins of the extension. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { addCommands } from './commands.js';
import { followCells } from './markers.js';
import type { NotebookPipeline } from './model.js';
import { createPanel } from './panel.js';
import { Pipelines } from './pipelines.js';
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

    const panel = createPanel(pipelines, app.commands);
    app.shell.add(panel, 'right', { rank: 900 });
    restorer?.add(panel, PANEL_ID);
    return pipelines;
  },
};

export { IPipelines } from './tokens.js';
export default plugin;
