/** The panel's head: run, resume, stop, how far the run is. */
import { refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { useNow } from '../hooks.js';
import type { NotebookPipeline } from '../model.js';
import { moment } from './runlist.js';
import {
  goOnObstacle,
  pipelineSummary,
  runObstacle,
  runSummary,
  shownRun,
  stoppable,
  type PipelineState,
} from '../state.js';
import { SplitButton } from '../parts/splitbutton.js';
import { StateMark } from '../parts/statemark.js';
import { Command } from '../tokens.js';

export interface RunBarProps {
  model: NotebookPipeline;
  state: PipelineState;
  commands: CommandRegistry;
}

export function RunBar({ model, state, commands }: RunBarProps): JSX.Element {
  const obstacle = runObstacle(state);
  return (
    <div className="tf-RunBar">
      <div className="tf-RunBar-buttons">
        {state.past ? (
          <button type="button" className="tf-Button" onClick={() => model.runs.close()}>
            Back to the notebook
          </button>
        ) : (
          <SplitButton
            label="Run"
            icon={runIcon}
            className="tf-mod-primary tf-Run"
            disabled={obstacle !== null}
            title={obstacle ?? 'Run what has changed on this machine, one process a step'}
            onClick={() => void model.runs.start()}
            commands={commands}
            variants={[Command.runEverything]}
            noVariant={obstacle !== null}
          />
        )}
        {(!state.past || stoppable(state)) && (
          <button
            type="button"
            className="tf-Button tf-Stop"
            disabled={!stoppable(state)}
            title="Stop the run"
            onClick={() => void model.runs.stop()}
          >
            <stopIcon.react tag="span" className="tf-Button-icon" />
            Stop
          </button>
        )}
        {(!state.past || !stoppable(state)) && <GoOn model={model} state={state} commands={commands} />}
      </div>
      <Summary state={state} obstacle={obstacle} />
    </div>
  );
}

function GoOn({ model, state, commands }: RunBarProps): JSX.Element {
  const obstacle = goOnObstacle(state, 'resume');
  return (
    <SplitButton
      label="Resume"
      icon={refreshIcon}
      className="tf-Resume"
      disabled={obstacle !== null}
      title={obstacle ?? 'Go on with this run, with the notebook as it is now'}
      onClick={() => void model.runs.goOn('resume')}
      commands={commands}
      variants={[Command.retry]}
      noVariant={goOnObstacle(state, 'retry') !== null}
    />
  );
}

/** Always one line, so that nothing below it moves when it changes. */
function Summary({ state, obstacle }: { state: PipelineState; obstacle: string | null }): JSX.Element {
  const shown = shownRun(state);
  const now = useNow(shown?.run.state === 'running');
  const words = shown
    ? `${state.past ? `Run of ${moment(shown.run.created, now)}: ` : ''}${runSummary(shown.run, now)}`
    : state.running
      ? `${state.doing ?? 'Starting'}…`
      : state.doing !== null
        ? `${state.doing}…`
        : (obstacle ?? pipelineSummary(state.pipeline));
  return (
    <p className="tf-Summary" role="status" title={words}>
      {shown && <StateMark state={shown.run.state} />}
      <span>{words}</span>
    </p>
  );
}
