/** The list of past runs. */
import type { Run } from '@tagflow/schema';
import { duration } from '../state.js';
import { StateMark } from '../parts/statemark.js';

export interface RunListProps {
  /** Null until they were asked for. */
  runs: readonly Run[] | null;
  /** Id of the run that is shown in place of the notebook. */
  shown: string | null;
  now: number;
  onOpen: (id: string) => void;
}

export function RunList({ runs, shown, now, onOpen }: RunListProps): JSX.Element {
  if (runs === null) return <p className="tf-Quiet">Reading…</p>;
  if (runs.length === 0) return <p className="tf-Quiet">No run yet.</p>;
  return (
    <ul className="tf-Runs">
      {runs.map((run) => (
        <li key={run.id}>
          <button
            type="button"
            className="tf-RunRow"
            aria-current={run.id === shown ? 'true' : undefined}
            title={titleOf(run)}
            onClick={() => onOpen(run.id)}
          >
            <StateMark state={run.state} />
            <span className="tf-RunRow-name">{run.pipeline}</span>
            <time dateTime={run.created}>{moment(run.created, now)}</time>
            <span className="tf-RunRow-duration">{duration(run, now)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function titleOf({ id, origin }: Run): string {
  if (!origin) return `Run ${id}`;
  return `Run ${id}, which ${origin.kind === 'resume' ? 'resumed' : 'retried'} ${origin.run}`;
}

/** The time alone today, with the day before that, in the reader's language. */
export function moment(instant: string, now: number): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  const time = at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  if (at.toDateString() === new Date(now).toDateString()) return time;
  return `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`;
}
