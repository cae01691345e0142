/** What needs the user's eye: a refused request, a stale analysis, the first error of a run. */
import type { StepRun } from '@tagflow/schema';
import { shownRun, type PipelineState } from './state.js';

export interface NoticesProps {
  state: PipelineState;
  /** Goes to where the step failed. */
  onFailure: (step: StepRun) => void;
}

export function Notices({ state, onFailure }: NoticesProps): JSX.Element {
  return (
    <>
      {[state.problem, state.refusal].map(
        (text, index) =>
          text !== null && (
            <p key={index} className="tf-Notice" data-severity="error" role="alert">
              {text}
            </p>
          ),
      )}
      <FirstFailure state={state} onFailure={onFailure} />
    </>
  );
}

function FirstFailure({ state, onFailure }: NoticesProps): JSX.Element | null {
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
