/** What needs the user's eye: a refused request, a stale analysis, the first error of a run, what is not reproducible. */
import type { StepRun } from '@tagflow/schema';
import { shownPipeline, shownRun, type PipelineState } from '../state.js';
import { failurePlace } from '../run/stepwords.js';

export interface NoticesProps {
  state: PipelineState;
  /** Goes to where the step failed. */
  onFailure: (step: StepRun) => void;
  /** Runs the failed program once more. */
  onReplay: (step: StepRun) => void;
}

export function Notices({ state, onFailure, onReplay }: NoticesProps): JSX.Element {
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
      <FirstFailure state={state} onFailure={onFailure} onReplay={onReplay} />
      <Away state={state} />
      <Waiting state={state} />
      <Differences state={state} />
    </>
  );
}

function FirstFailure({ state, onFailure, onReplay }: NoticesProps): JSX.Element | null {
  const step = shownRun(state)?.run.steps.find((one) => one.state === 'failed');
  if (!step?.failure) return null;
  const { name, message } = step.failure;
  const place = failurePlace(step.failure, shownPipeline(state));
  return (
    <div className="tf-Notice tf-Failure" data-severity="error" role="alert">
      <span className="tf-Notice-text" tabIndex={0}>
        <b>{step.name}</b>
        {place && `, ${place}`}: {name}: {message}
      </span>
      <span className="tf-Notice-actions">
        <button type="button" className="tf-Link tf-GoToFailure" onClick={() => onFailure(step)}>
          Go to the cell
        </button>
        <button type="button" className="tf-Link tf-Replay" onClick={() => onReplay(step)}>
          Replay…
        </button>
      </span>
    </div>
  );
}

/** A cluster or a store that does not answer just now: the run goes on there. */
function Away({ state }: { state: PipelineState }): JSX.Element | null {
  const away = shownRun(state)?.away;
  if (!away) return null;
  const until = new Date(away.until).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  return (
    <p className="tf-Notice tf-Away" data-severity="warning" role="status">
      {away.text} It is tried again until {until}.
    </p>
  );
}

/** Pods that have not begun, with why. */
function Waiting({ state }: { state: PipelineState }): JSX.Element | null {
  const { run, waiting = {} } = shownRun(state) ?? {};
  const steps =
    run?.steps.filter((step) => step.state === 'pending' && waiting[step.name] !== undefined) ?? [];
  if (run?.state !== 'running' || steps.length === 0) return null;
  return (
    <div className="tf-Notice tf-Waiting" data-severity="warning" role="status">
      {steps.slice(0, 3).map(({ name }) => (
        <p key={name}>
          <b>{name}</b> {waiting[name]}
        </p>
      ))}
    </div>
  );
}

/** Values that did not come out as in another run; the steps' own words are with the steps. */
function Differences({ state }: { state: PipelineState }): JSX.Element | null {
  const steps = shownRun(state)?.run.steps.filter(({ differs = [] }) => differs.length > 0) ?? [];
  if (steps.length === 0) return null;
  return (
    <p className="tf-Notice" data-severity="warning" role="status">
      Not reproducible: the same code and inputs gave other values than before in{' '}
      {steps.map(({ name }) => name).join(', ')}.
    </p>
  );
}
