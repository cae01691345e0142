/** Past runs as a table with filters; one is shown, or two are compared. */
import type { Run, RunState } from '@tagflow/schema';
import type { RunFilter } from './runfilter.js';
import { moment } from '../run/runlist.js';
import { duration } from '../state.js';
import { StateMark } from '../parts/statemark.js';

const STATES: readonly RunState[] = ['running', 'succeeded', 'failed', 'stopped', 'lost'];

export interface RunFiltersProps {
  filter: RunFilter;
  pipelines: readonly string[];
  onFilter: (filter: RunFilter) => void;
}

export function RunFilters({ filter, pipelines, onFilter }: RunFiltersProps): JSX.Element {
  const { text, state, pipeline } = filter;
  return (
    <div className="tf-RunFilters" role="search">
      <input
        type="search"
        aria-label="Find runs"
        placeholder="Find: parameters, user, id, tag"
        value={text}
        onChange={({ currentTarget }) => onFilter({ ...filter, text: currentTarget.value })}
      />
      <select
        aria-label="State"
        value={state}
        onChange={({ currentTarget }) => onFilter({ ...filter, state: currentTarget.value as RunState | '' })}
      >
        <option value="">any state</option>
        {STATES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <select
        aria-label="Pipeline"
        value={pipeline}
        onChange={({ currentTarget }) => onFilter({ ...filter, pipeline: currentTarget.value })}
      >
        <option value="">all pipelines</option>
        {[...new Set([...pipelines, ...(pipeline === '' ? [] : [pipeline])])].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </div>
  );
}

export interface RunTableProps {
  runs: readonly Run[];
  /** What is said where there are none. */
  none: string;
  /** Ids of the one that is shown, or of those that are compared. */
  chosen: readonly string[];
  now: number;
  onOpen: (id: string) => void;
  /** Takes a run into the comparison, or out of it. */
  onCompare: (id: string) => void;
}

export function RunTable({ runs, none, chosen, now, onOpen, onCompare }: RunTableProps): JSX.Element {
  if (runs.length === 0) return <p className="tf-Quiet">{none}</p>;
  return (
    <table className="tf-RunTable">
      <thead>
        <tr>
          <th scope="col">
            <span className="tf-Hidden">Compare</span>
          </th>
          {['Run', 'Pipeline', 'Duration', 'Parameters', 'By', 'Where'].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id} aria-current={chosen.includes(run.id) ? 'true' : undefined}>
            <td>
              <input
                type="checkbox"
                aria-label={`Compare the run of ${moment(run.created, now)}`}
                checked={chosen.length > 0 && chosen.includes(run.id)}
                onChange={() => onCompare(run.id)}
              />
            </td>
            <th scope="row">
              <button type="button" className="tf-Link" title={run.id} onClick={() => onOpen(run.id)}>
                <StateMark state={run.state} />
                <time dateTime={run.created}>{moment(run.created, now)}</time>
              </button>
            </th>
            <td>{run.pipeline}</td>
            <td>{duration(run, now)}</td>
            <td className="tf-RunTable-parameters" title={parametersText(run)}>
              {parametersText(run)}
            </td>
            <td>{`${run.user}, ${run.trigger}`}</td>
            <td>{run.cluster ? run.cluster.namespace : 'here'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function parametersText({ parameters }: Run): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
}
