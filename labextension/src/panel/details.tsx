/** The selected step: what flows, what a run of it made, and its log. */
import { edgesOf, type Pipeline, type Step, type StepRun } from '@tagflow/schema';
import { useEffect, useMemo } from 'react';
import { Attempts, type AttemptActions } from '../run/attempts.js';
import type { Log } from '../run/log.js';
import { LogView } from '../run/logview.js';
import { StaleLine, StepValues } from './outline.js';
import { Prose } from '../parts/problems.js';
import { Results, type ArtifactActions } from '../run/results.js';
import { StateMark } from '../parts/statemark.js';
import { branchText, differsText, failureText, stepLine } from '../run/stepwords.js';

export interface DetailsProps {
  pipeline: Pipeline;
  /** Name of the step. */
  name: string;
  run: StepRun | undefined;
  /** Why it would run again now; undefined if it would not. */
  stale: readonly string[] | undefined;
  log: Log;
  now: number;
  actions: ArtifactActions & AttemptActions;
  /** Called when the step of a run comes into view, so that its log can be fetched. */
  onShown: (step: string) => void;
  /** Goes to where the step failed. */
  onFailure: (step: StepRun) => void;
  /** Shows the form for the step's settings; absent where there is none, as for past runs. */
  onSettings?: (() => void) | undefined;
}

export function Details(props: DetailsProps): JSX.Element | null {
  const { pipeline, name, run, stale, log, now, actions, onShown, onFailure, onSettings } = props;
  const step = pipeline.steps.find((one) => one.name === name);
  const edges = useMemo(() => edgesOf(pipeline), [pipeline]);
  useEffect(() => onShown(name), [name, run?.state, onShown]);
  if (!step) return null;
  return (
    <div className="tf-Details">
      {run && <Outcome pipeline={pipeline} step={step} run={run} now={now} onFailure={onFailure} />}
      {stale && <StaleLine reasons={stale} />}
      <StepValues pipeline={pipeline} edges={edges} step={step} />
      {onSettings && (
        <button type="button" className="tf-Link tf-Settings" onClick={onSettings}>
          Settings…
        </button>
      )}
      {run && run.attempts > 1 && <Attempts {...{ pipeline, step, run, log, now, actions }} />}
      {run && run.outputs.length > 0 && <Results artifacts={run.outputs} actions={actions} />}
      {run && (
        <>
          <h4>Log</h4>
          <LogView
            log={log}
            name={`Log of step ${name}`}
            goesOn={run.state === 'pending' || run.state === 'running'}
            cached={run.cached}
          />
        </>
      )}
    </div>
  );
}

type OutcomeProps = Pick<DetailsProps, 'pipeline' | 'now' | 'onFailure'> & { step: Step; run: StepRun };

/** What became of the step; what failed comes first. */
function Outcome({ pipeline, step, run, now, onFailure }: OutcomeProps): JSX.Element {
  const { failure } = run;
  const branch = branchText(step, run);
  const differs = differsText(run);
  return (
    <>
      {failure && (
        <div className="tf-Notice" data-severity="error">
          <span>{failureText(failure, pipeline)}</span>
          <button type="button" className="tf-Link" onClick={() => onFailure(run)}>
            Go to the cell
          </button>
        </div>
      )}
      {differs !== null && (
        <p className="tf-Notice" data-severity="warning">
          {differs}
        </p>
      )}
      <p className="tf-Details-state">
        <StateMark state={run.state} stands={run.cached !== undefined} />
        <span>{stepLine(run, now)}</span>
      </p>
      {branch !== null && (
        <p className="tf-Quiet">
          <Prose text={branch} />
        </p>
      )}
    </>
  );
}
