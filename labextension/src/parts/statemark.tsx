/** The sign of a step's or a run's state: a shape and a colour, and its word for who cannot see them. */
import type { RunState, StepState } from '@tagflow/schema';

const SHAPES: Record<StepState, string> = {
  pending: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zm0 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z',
  running: 'M8 2a6 6 0 1 0 6 6h-1.8A4.2 4.2 0 1 1 8 3.8z',
  succeeded: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM6.9 11.2 3.9 8.2l1.2-1.2 1.8 1.8 4-4 1.2 1.2z',
  failed:
    'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM11 9.9 9.9 11 8 9.1 6.1 11 5 9.9 6.9 8 5 6.1 6.1 5 8 6.9 9.9 5 11 6.1 9.1 8z',
  stopped: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM5.5 5.5h5v5h-5z',
  skipped: 'M3 4l5 4-5 4zM8 4l5 4-5 4z',
  omitted: 'M3.5 7.2h9v1.6h-9z',
  lost: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM7.2 4h1.6v5H7.2zm0 6.2h1.6v1.6H7.2z',
};

/** Words for the states, as they stand in sentences. */
export const STATE_WORDS: Record<StepState, string> = {
  pending: 'waiting',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
  skipped: 'skipped: its condition was false',
  omitted: 'left out: a step before it failed',
  lost: 'lost',
};

/** The state alone, without why. */
export function stateWord(state: StepState): string {
  return STATE_WORDS[state].split(':', 1)[0]!;
}

/** The same sign in outline: earlier results stand for the step, and nothing ran. */
const STANDS =
  'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.3a5.2 5.2 0 1 1 0 10.4 5.2 5.2 0 0 1 0-10.4zM6.9 11.2 3.9 8.2l1.2-1.2 1.8 1.8 4-4 1.2 1.2z';

export interface StateMarkProps {
  state: StepState | RunState;
  /** Whether earlier results stand for it. */
  stands?: boolean;
}

export function StateMark({ state, stands = false }: StateMarkProps): JSX.Element {
  const outlined = stands && state === 'succeeded';
  return (
    <svg
      className="tf-StateMark"
      data-state={state}
      data-stands={outlined || undefined}
      viewBox="0 0 16 16"
      role="img"
      aria-label={outlined ? 'as before' : STATE_WORDS[state]}
    >
      <path fillRule="evenodd" d={outlined ? STANDS : SHAPES[state]} />
    </svg>
  );
}

/** Stands at a step that would run again now. */
export function StaleMark({ title }: { title?: string }): JSX.Element {
  return (
    <svg className="tf-StaleMark" viewBox="0 0 16 16" aria-hidden="true">
      {title && <title>{title}</title>}
      <path d="M13.5 2v4.5H9l1.7-1.7A4 4 0 1 0 12 8h1.5A5.5 5.5 0 1 1 11.8 3.7z" />
    </svg>
  );
}
