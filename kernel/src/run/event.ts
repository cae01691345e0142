/** What a run tells while it goes on. */
import type { Run, StepRun } from '@tagflow/schema';
import type { LogStream } from '../store/log.js';

export type RunEvent = RunChanged | StepChanged | LogWritten | StepWaits;

/** The run's state or that of one of its steps changed; `run` is all that is known so far. */
export interface RunChanged {
  type: 'run';
  run: Run;
}

export interface StepChanged {
  type: 'step';
  run: string;
  step: StepRun;
}

/** A step wrote to its output; secrets are masked. */
export interface LogWritten {
  type: 'log';
  run: string;
  step: string;
  /** As `attemptKey` tells it. */
  attempt: string;
  stream: LogStream;
  text: string;
}

/** A pod of a step on a cluster has not begun. */
export interface StepWaits {
  type: 'waiting';
  run: string;
  step: string;
  /** Why, as a sentence. */
  text: string;
}
