/** The timeline of a run: a bar a step. As a table it says the same to who cannot see bars. */
import { durationText, type Run } from '@tagflow/schema';
import { StateMark, STATE_WORDS } from '../parts/statemark.js';
import { ticksOf, timelineOf, type Bar } from './timeline.js';

export interface TimelineViewProps {
  run: Run;
  now: number;
  selected: string | null;
  onSelect: (step: string) => void;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

export function TimelineView({ run, now, selected, onSelect }: TimelineViewProps): JSX.Element {
  const { bars, length } = timelineOf(run, now);
  return (
    <table className="tf-Timeline">
      <caption className="tf-Hidden">Timeline of the run, {durationText(length)} long</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col" className="tf-Timeline-axis">
            <span className="tf-Hidden">When</span>
            <span aria-hidden="true" className="tf-Timeline-lane">
              {ticksOf(length).map((tick) => (
                <span key={tick} className="tf-Timeline-tick" style={{ left: percent(tick / length) }}>
                  {tick <= ROOM * length && durationText(tick)}
                </span>
              ))}
            </span>
          </th>
          <th scope="col">Duration</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.step.name} aria-current={bar.step.name === selected ? 'true' : undefined}>
            <th scope="row">
              <button type="button" className="tf-Link" onClick={() => onSelect(bar.step.name)}>
                <StateMark state={bar.step.state} stands={bar.step.cached !== undefined} />
                {bar.step.name}
              </button>
            </th>
            <td>
              <Lane bar={bar} whole={length} />
            </td>
            <td className="tf-Timeline-duration">{wordsOf(bar)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Share of a lane after which there is no room for a tick's words; before the tick are those of the last one. */
const ROOM = 0.9;

function Lane({ bar: { step, span }, whole }: { bar: Bar; whole: number }): JSX.Element {
  const instant = (share: number): string => durationText(Math.round(share * whole));
  return (
    <span className="tf-Timeline-lane">
      {span && <span className="tf-Hidden">{`${instant(span[0])} to ${instant(span[1])}`}</span>}
      {span && (
        <span
          className="tf-Timeline-bar"
          data-state={step.state}
          style={{ left: percent(span[0]), width: percent(span[1] - span[0]) }}
        />
      )}
    </span>
  );
}

function wordsOf({ step, length }: Bar): string {
  const { attempts, loops = [], cached, state } = step;
  if (cached !== undefined) return 'as before';
  if (length === undefined) return STATE_WORDS[state].split(':')[0]!;
  const items = loops.reduce((sum, { total }) => sum + total, 0);
  return [
    durationText(length),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(items > 0 ? [`${items} items`] : []),
  ].join(', ');
}
