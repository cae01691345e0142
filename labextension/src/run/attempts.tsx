/** The attempts of a step one by one, where there was more than one: what became of each, and what it wrote. */
import {
  attemptText,
  type Attempt,
  type AttemptPlace,
  type Pipeline,
  type Step,
  type StepRun,
} from '@tagflow/schema';
import { useState } from 'react';
import { useAnswer } from '../hooks.js';
import { logOfAttempt, type Log } from './log.js';
import { LogView } from './logview.js';
import { moment } from './runlist.js';
import { duration } from '../state.js';
import { StateMark } from '../parts/statemark.js';
import { failureText } from './stepwords.js';

/** What the surroundings know of the attempts of the step that is shown. */
export interface AttemptActions {
  /** Null where that was refused. */
  attempts: () => Promise<{ attempts: readonly Attempt[]; more: number } | null>;
  attemptLog: (place: AttemptPlace) => Promise<Log | null>;
}

export interface AttemptsProps {
  pipeline: Pipeline;
  step: Step;
  run: StepRun;
  /** The step's, as far as it came with the progress. */
  log: Log;
  now: number;
  actions: AttemptActions;
}

export function Attempts({ run, ...rest }: AttemptsProps): JSX.Element | null {
  const failed = (run.loops ?? []).flatMap((loop) => loop.failed).join();
  const answer = useAnswer(
    rest.actions.attempts,
    [run.name, run.started],
    // What is opened stays open.
    [run.attempts, run.state, failed],
  );
  if (!answer) return null;
  return (
    <>
      <h4>Attempts</h4>
      {answer.attempts.map((attempt) => (
        <OneAttempt key={attempt.key} attempt={attempt} {...rest} />
      ))}
      {answer.more > 0 && <p className="tf-Quiet">{answer.more} more are not listed.</p>}
    </>
  );
}

type OneProps = Omit<AttemptsProps, 'run'> & { attempt: Attempt };

function OneAttempt({ pipeline, step, attempt, log, now, actions }: OneProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { place, state, started, ended, failure } = attempt;
  const text = attemptText(place, step.programs);
  const took = state === 'lost' ? '' : duration({ started, ended }, now);
  return (
    <details className="tf-Attempt" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <StateMark state={state} />
        <span>{text}</span>
        <span className="tf-Attempt-time">{[moment(started, now), took].filter(Boolean).join(' · ')}</span>
        {failure && (
          <span className="tf-Attempt-failure">
            {open ? failureText(failure, pipeline) : `${failure.name}: ${failure.message}`}
          </span>
        )}
        {state === 'lost' && <span className="tf-Attempt-failure">{LOST}</span>}
      </summary>
      {open && <AttemptLog attempt={attempt} name={`Log of ${text}`} told={log} read={actions.attemptLog} />}
    </details>
  );
}

/** What a lost attempt has come to, as far as anybody can know. */
const LOST = 'Ended without a word: its process was killed, or its machine went away.';

interface AttemptLogProps {
  attempt: Attempt;
  name: string;
  /** The step's log, as far as it came with the progress. */
  told: Log;
  read: AttemptActions['attemptLog'];
}

/** While it is at work, what comes with the progress; what is recorded once that is all, or where nobody tells of it. */
function AttemptLog({ attempt, name, told, read }: AttemptLogProps): JSX.Element | null {
  const { key, place, state } = attempt;
  const recorded = useAnswer(() => read(place), [key], [state]);
  const goesOn = state === 'running';
  const own = logOfAttempt(told, key);
  // What was recorded when it was opened is old once it has ended.
  const isNewer = goesOn || !recorded || recorded.length < own.length;
  const log = own.length > 0 && isNewer ? own : recorded;
  if (log === undefined) return <p className="tf-Quiet">Reading…</p>;
  return log && <LogView log={log} name={name} goesOn={goesOn} />;
}
