/** The panel's head: run, stop, how far the run is, and the way to its first error. */
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { StepRun } from '@tagflow/schema';
import { useNow } from './hooks.js';
import type { NotebookPipeline } from './model.js';
import { runObstacle, runSummary, shownRun, type PipelineState } from './state.js';
import { StateMark } from './statemark.js';

export interface RunBarProps {
  model: NotebookPipeline;
  state: PipelineState;
  /** Goes to where the step failed. */
  onFailure: (step: StepRun) => void;
}

export function RunBar({ model, state, onFailure }: RunBarProps): JSX.Element {
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
        <Summary state={state} obstacle={obstacle} />
      </div>
      {state.refusal && (
        <p className="tf-Notice" data-severity="error" role="alert">
          {state.refusal}
        </p>
      )}
      <FirstFailure state={state} onFailure={onFailure} />
    </div>
  );
}

function Summary({ state, obstacle }: { state: PipelineState; obstacle: string | null }): JSX.Element {
  const shown = shownRun(state);
  const now = useNow(shown?.run.state === 'running');
  if (!shown) {
    const words = state.running ? 'Starting…' : state.pipeline && obstacle ? obstacle : '';
    return (
      <span className="tf-Summary" role="status">
        {words}
      </span>
    );
  }
  return (
    <span className="tf-Summary" role="status">
      <StateMark state={shown.run.state} />
      {runSummary(shown.run, now)}
    </span>
  );
}

function FirstFailure({ state, onFailure }: Omit<RunBarProps, 'model'>): JSX.Element | null {
  const step = shownRun(state)?.run.steps.find((one) => one.state === 'failed');
  if (!step?.failure) return null;
  const { name, message, line } = step.failure;
  return (
    <div className="tf-Notice" data-severity="error" role="alert">
      <span>
        <b>{step.name}</b>
        {line === undefined ? '' : `, line ${line}`}: {name}: {message}
      </span>
      <button type="button" className="tf-Link tf-GoToFailure" onClick={() => onFailure(step)}>
        Go to the cell
      </button>
    </div>
  );
}
