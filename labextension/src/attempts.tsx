/** The attempts of a step one by one, where there was more than one: what became of each, and what it wrote. */
import type { Attempt, AttemptPlace, Pipeline, StepRun } from '@tagflow/schema';
import { useState } from 'react';
import { useAnswer } from './hooks.js';
import type { Log } from './log.js';
import { LogView } from './logview.js';
import { moment } from './runlist.js';
import { duration } from './state.js';
import { StateMark } from './statemark.js';
import { failureText } from './stepwords.js';

/** What the surroundings know of the attempts of the step that is shown. */
export interface AttemptActions {
  /** Null where that was refused. */
  attempts: () => Promise<{ attempts: readonly Attempt[]; more: number } | null>;
  attemptLog: (place: AttemptPlace) => Promise<Log | null>;
}

export interface AttemptsProps {
  pipeline: Pipeline;
  run: StepRun;
  now: number;
  actions: AttemptActions;
}

export function Attempts({ pipeline, run, now, actions }: AttemptsProps): JSX.Element | null {
  const answer = useAnswer(actions.attempts, [run.name, run.started, run.attempts, run.state]);
  if (!answer) return null;
  return (
    <>
      <h4>Attempts</h4>
      {answer.attempts.map((attempt) => (
        <OneAttempt key={JSON.stringify(attempt.place)} {...{ pipeline, attempt, now, actions }} />
      ))}
      {answer.more > 0 && <p className="tf-Quiet">{answer.more} more are not listed.</p>}
    </>
  );
}

type OneProps = Omit<AttemptsProps, 'run'> & { attempt: Attempt };

function OneAttempt({ pipeline, attempt, now, actions }: OneProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { place, state, started, ended, failure } = attempt;
  const took = state === 'lost' ? '' : duration({ started, ended }, now);
  return (
    <details className="tf-Attempt" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <StateMark state={state} />
        <span>{placeText(place)}</span>
        <span className="tf-Attempt-time">{[moment(started, now), took].filter(Boolean).join(' · ')}</span>
        {failure && (
          <span className="tf-Attempt-failure">
            {open ? failureText(failure, pipeline) : `${failure.name}: ${failure.message}`}
          </span>
        )}
      </summary>
      {open && <AttemptLog place={place} read={actions.attemptLog} state={state} />}
    </details>
  );
}

interface AttemptLogProps {
  place: AttemptPlace;
  read: AttemptActions['attemptLog'];
  state: Attempt['state'];
}

function AttemptLog({ place, read, state }: AttemptLogProps): JSX.Element | null {
  const log = useAnswer(() => read(place), [JSON.stringify(place), state]);
  if (log === undefined) return <p className="tf-Quiet">Reading…</p>;
  return log && <LogView log={log} />;
}

/** Such as `Attempt 2`, or `Item 7, attempt 2`. */
function placeText({ index, within = [], attempt }: AttemptPlace): string {
  if (index === undefined) return `Attempt ${attempt}`;
  return `Item ${[...within, index].join('.')}, attempt ${attempt}`;
}
