/** The commands that run pipelines, go on with runs and stop them. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import { addPipelineCommand, type PipelineCommand } from '../pipelinecommand.js';
import { goOnObstacle, runObstacle, stoppable } from '../state.js';
import { Command, type IPipelines } from '../tokens.js';

export function addRunCommands(app: JupyterFrontEnd, pipelines: IPipelines): void {
  const { commands } = app;
  const add = (id: string, command: PipelineCommand): void => addPipelineCommand(app, pipelines, id, command);
  add(Command.run, {
    label: 'Run Pipeline',
    caption: 'Run what has changed on this machine, one process a step',
    icon: runIcon,
    obstacle: runObstacle,
    start: ({ runs }) => runs.start(),
  });
  add(Command.runEverything, {
    label: 'Run Everything',
    caption: 'Run all steps, also those that have results already',
    icon: runIcon,
    obstacle: runObstacle,
    start: ({ runs }) => runs.start(false),
  });
  add(Command.resume, {
    label: 'Resume Run',
    caption: 'Go on with the shown run, with the notebook as it is now',
    icon: refreshIcon,
    obstacle: (state) => goOnObstacle(state, 'resume'),
    start: ({ runs }) => runs.goOn('resume'),
  });
  add(Command.retry, {
    label: 'Retry as It Was',
    caption: 'Go on with the shown run, with the notebook as it was then',
    icon: refreshIcon,
    obstacle: (state) => goOnObstacle(state, 'retry'),
    start: ({ runs }) => runs.goOn('retry'),
  });
  commands.addCommand(Command.stop, {
    label: 'Stop Pipeline Run',
    icon: stopIcon,
    isEnabled: () => pipelines.current !== null && stoppable(pipelines.current.state),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => pipelines.current?.runs.stop(),
  });
}
