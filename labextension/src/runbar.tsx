/** The panel's head: run, stop, how far the run is. */
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import { useNow } from './hooks.js';
import type { NotebookPipeline } from './model.js';
import { moment } from './runlist.js';
import { pipelineSummary, runObstacle, runSummary, shownRun, type PipelineState } from './state.js';
import { StateMark } from './statemark.js';

export interface RunBarProps {
  model: NotebookPipeline;
  state: PipelineState;
}

export function RunBar({ model, state }: RunBarProps): JSX.Element {
  const obstacle = runObstacle(state);
  return (
    <div className="tf-RunBar">
      <div className="tf-RunBar-buttons">
        {state.past ? (
          <button type="button" className="tf-Button" onClick={() => model.runs.close()}>
            Back to the notebook
          </button>
        ) : (
          <>
            <button
              type="button"
              className="tf-Button tf-mod-primary tf-Run"
              disabled={obstacle !== null}
              title={obstacle ?? 'Run the pipeline on this machine, one process a step'}
              onClick={() => void model.runs.start()}
            >
              <runIcon.react tag="span" className="tf-Button-icon" />
              Run
            </button>
            <button
              type="button"
              className="tf-Button tf-Stop"
              disabled={!state.running}
              title="Stop the run"
              onClick={() => void model.runs.stop()}
            >
              <stopIcon.react tag="span" className="tf-Button-icon" />
              Stop
            </button>
          </>
        )}
      </div>
      <Summary state={state} obstacle={obstacle} />
    </div>
  );
}

/** Always one line, so that nothing below it moves when it changes. */
function Summary({ state, obstacle }: { state: PipelineState; obstacle: string | null }): JSX.Element {
  const shown = shownRun(state);
  const now = useNow(shown?.run.state === 'running');
  const words = shown
    ? `${state.past ? `Run of ${moment(shown.run.created, now)}: ` : ''}${runSummary(shown.run, now)}`
    : state.running
      ? 'Starting…'
      : (obstacle ?? pipelineSummary(state.pipeline));
  return (
    <p className="tf-Summary" role="status" title={words}>
      {shown && <StateMark state={shown.run.state} />}
      <span>{words}</span>
    </p>
  );
}
