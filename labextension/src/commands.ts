/** What users can do: tag cells, show the pipeline, run it. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';
import type { ICellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { CellTag } from '@tagflow/schema';
import { addClusterCommands } from './cluster/clustercommands.js';
import { pipelineIcon, stepIcon } from './icons.js';
import { addPastCommands } from './past/pastcommands.js';
import { addRunCommands } from './run/runcommands.js';
import { goOnObstacle, runObstacle, stoppable, submitObstacle } from './state.js';
import { askStepName } from './step/stepdialog.js';
import { setTag, stepAbove, stepNames, suggestName, tagOf } from './step/tags.js';
import { Command, PANEL_ID, type IPipelines } from './tokens.js';

const CATEGORY = 'Tagflow';

/** Without an artifact these say nothing. */
const OF_ARTIFACTS: readonly string[] = [Command.showLineage, Command.insertArtifact, Command.copyReplay];

export function addCommands(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  pipelines: IPipelines,
  palette: ICommandPalette | null,
): void {
  const { commands } = app;
  const targets = (): Target | null => targetOf(tracker);
  const ours = (): boolean => pipelines.current?.isOurs ?? false;

  commands.addCommand(Command.tagStep, {
    label: 'Tag as Step…',
    caption: 'Make this cell part of a pipeline step',
    icon: stepIcon,
    isVisible: ours,
    isEnabled: () => targets() !== null,
    isToggled: () => hasRole(targets(), 'step'),
    describedBy: {
      args: {
        type: 'object',
        properties: { step: { type: 'string', description: 'The name; asked for if absent.' } },
      },
    },
    execute: async (args) => {
      const target = targets();
      if (!target) return;
      const given = args['step'];
      const step = typeof given === 'string' ? given : await askName(target);
      if (step !== null) setTag(target.panel.content.model!, target.cells, { role: 'step', step });
    },
  });

  commands.addCommand(Command.joinAbove, {
    label: () => {
      const step = above(targets());
      return step === null ? 'Join Step Above' : `Join Step “${step}” Above`;
    },
    caption: 'Make this cell part of the same step as the cells above it',
    isVisible: ours,
    isEnabled: () => above(targets()) !== null,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      const target = targets();
      const step = above(target);
      if (target && step !== null) setTag(target.panel.content.model!, target.cells, { role: 'step', step });
    },
  });

  const plain = (id: string, label: string, caption: string, role: CellTag['role']): void => {
    commands.addCommand(id, {
      label,
      caption,
      isVisible: ours,
      isEnabled: () => targets() !== null,
      isToggled: () => role !== 'none' && hasRole(targets(), role),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const target = targets();
        if (target) setTag(target.panel.content.model!, target.cells, { role });
      },
    });
  };
  plain(
    Command.tagParameters,
    'Tag as Parameters',
    "Make this cell's constants the pipeline's parameters",
    'parameters',
  );
  plain(
    Command.tagSetup,
    'Tag as Setup',
    'Run this cell in every process that uses what it declares',
    'setup',
  );
  plain(Command.tagSkip, 'Tag as Skipped', 'Keep this cell out of the pipeline', 'skip');
  plain(Command.untag, 'Remove Tag', "Take away this cell's place in the pipeline", 'none');

  commands.addCommand(Command.showPipeline, {
    label: 'Show Pipeline',
    caption: 'Show the pipeline of this notebook',
    icon: pipelineIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => app.shell.activateById(PANEL_ID),
  });
  addRunCommands(app, pipelines);
  addClusterCommands(app, pipelines);
  addPastCommands(app, pipelines);
  for (const command of Object.values(Command)) {
    if (!OF_ARTIFACTS.includes(command)) palette?.addItem({ command, category: CATEGORY });
  }
  // One by one: a button in a toolbar does not ask whether it is visible when it is told of all commands at once.
  const notify = (): void =>
    Object.values(Command)
      .filter((id) => commands.hasCommand(id))
      .forEach((id) => commands.notifyCommandChanged(id));
  keepCurrent(notify, pipelines);
}

/** The code cells that a tag is given to: all that are selected. */
interface Target {
  panel: NotebookPanel;
  cells: ICellModel[];
}

function targetOf(tracker: INotebookTracker): Target | null {
  const panel = tracker.currentWidget;
  if (!panel?.content.model) return null;
  const selected = panel.content.widgets.filter((cell) => panel.content.isSelectedOrActive(cell));
  const cells = selected.map(({ model }) => model).filter(({ type }) => type === 'code');
  return cells.length > 0 ? { panel, cells } : null;
}

function above(target: Target | null): string | null {
  const cells = [...(target?.panel.content.model?.cells ?? [])];
  return target && stepAbove(cells, cells.indexOf(target.cells[0]!));
}

function hasRole(target: Target | null, role: CellTag['role']): boolean {
  return target !== null && target.cells.every((cell) => tagOf(cell).role === role);
}

async function askName({ panel, cells }: Target): Promise<string | null> {
  const notebook = panel.content.model!;
  const all = [...notebook.cells];
  const known = stepNames(notebook);
  const own = tagOf(cells[0]!).step;
  return askStepName(own ?? suggestName(all, all.indexOf(cells[0]!), known), known);
}

/** Buttons ask again whether they are visible and enabled when something that decides it has changed. */
function keepCurrent(notify: () => void, pipelines: IPipelines): void {
  let followed = pipelines.current;
  let last = '';
  const changed = (): void => {
    const state = pipelines.current?.state;
    const obstacles = state && [
      runObstacle(state),
      goOnObstacle(state, 'resume'),
      goOnObstacle(state, 'retry'),
      submitObstacle(state),
      stoppable(state),
      state.doing,
      state.link,
      (state.past ?? state.latest) ? 'shown' : '',
    ];
    const { isOurs, activeTag } = pipelines.current ?? {};
    const key = JSON.stringify([isOurs, activeTag, obstacles, state?.running]);
    if (key !== last) notify();
    last = key;
  };
  followed?.changed.connect(changed);
  pipelines.currentChanged.connect((_, current) => {
    if (followed && !followed.isDisposed) followed.changed.disconnect(changed);
    followed = current;
    followed?.changed.connect(changed);
    changed();
  });
}
