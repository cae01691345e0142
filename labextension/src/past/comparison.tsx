/** Two runs compared: numbers, parameters, code, steps, values. */
import {
  durationText,
  shownType,
  shownTypeChange,
  sizeText,
  type ArtifactDiff,
  type NumberDiff,
  type RunDiff,
  type RunHead,
} from '@tagflow/schema';
import { DiffLines } from './codeview.js';
import { useAnswer } from '../hooks.js';
import type { NotebookPipeline } from '../model.js';
import { moment } from '../run/runlist.js';
import { StateMark, stateWord } from '../parts/statemark.js';

export interface ComparisonProps {
  model: NotebookPipeline;
  /** Ids. */
  from: string;
  to: string;
  now: number;
}

export function Comparison({ model, from, to, now }: ComparisonProps): JSX.Element {
  const answer = useAnswer(() => model.past.compare(from, to), [model, from, to]);
  if (answer === undefined) return <p className="tf-Quiet">Comparing…</p>;
  if (answer === null) return <p className="tf-Quiet">These runs cannot be compared.</p>;
  const { diff } = answer;
  const parameters = diff.parameters.filter(({ change }) => change !== 'equal');
  const artifacts = diff.artifacts.filter(({ change }) => change !== 'equal');
  const equal = diff.artifacts.length - artifacts.length;
  return (
    <div className="tf-Comparison">
      <h2>Two runs compared</h2>
      <ul className="tf-Comparison-heads">
        <Head run={diff.from} now={now} />
        <Head run={diff.to} now={now} />
      </ul>
      <Metrics diff={diff} />
      <h3>Parameters</h3>
      {parameters.length === 0 ? (
        <p className="tf-Quiet">The same.</p>
      ) : (
        <Pairs
          rows={parameters.map(({ name, from, to }) => ({
            name,
            from: from === undefined ? '' : JSON.stringify(from),
            to: to === undefined ? '' : JSON.stringify(to),
          }))}
        />
      )}
      <h3>Code</h3>
      {diff.code.length === 0 && (
        <p className="tf-Quiet">{diff.reordered ? 'The cells stand in another order.' : 'The same.'}</p>
      )}
      {diff.code.map(({ id, title, change, lines }) => (
        <details key={id} className="tf-Code" open>
          <summary>
            <span>{title}</span>
            <span className="tf-Change" data-change={change}>
              {change}
            </span>
          </summary>
          <DiffLines lines={lines} />
        </details>
      ))}
      {diff.steps.length > 0 && (
        <>
          <h3>Steps</h3>
          <Pairs
            rows={diff.steps.map(({ name, from, to }) => ({
              name,
              from: from ? stateWord(from) : 'no such step',
              to: to ? stateWord(to) : 'no such step',
            }))}
          />
        </>
      )}
      <h3>Values</h3>
      <p className="tf-Quiet">{equal === 1 ? 'One value is equal.' : `${equal} values are equal.`}</p>
      {artifacts.map((artifact) => (
        <Value key={`${artifact.step}/${artifact.name}`} artifact={artifact} />
      ))}
    </div>
  );
}

function Head({ run, now }: { run: RunHead; now: number }): JSX.Element {
  const { id, state, created, ended, user, git } = run;
  const length = ended === undefined ? '' : durationText(Date.parse(ended) - Date.parse(created));
  return (
    <li>
      <StateMark state={state} />
      <span>
        <b>{moment(created, now)}</b> {[length, user, git?.commit.slice(0, 8)].filter(Boolean).join(', ')}
        <code>{id}</code>
      </span>
    </li>
  );
}

/** Numbers that both runs made, which is what most people look for first. */
function Metrics({ diff: { metrics } }: { diff: RunDiff }): JSX.Element | null {
  if (metrics.length === 0) return null;
  return (
    <>
      <h3>Metrics</h3>
      <table className="tf-Pairs">
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Difference</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={`${metric.step}/${metric.name}`}>
              <th scope="row">
                {metric.name} <span className="tf-Quiet">{metric.step}</span>
              </th>
              <td>{numberText(metric.from)}</td>
              <td>{numberText(metric.to)}</td>
              <td>{differenceText(metric)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Pairs({ rows }: { rows: readonly { name: string; from: string; to: string }[] }): JSX.Element {
  return (
    <table className="tf-Pairs">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{from}</td>
            <td>{to}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ artifact }: { artifact: ArtifactDiff }): JSX.Element {
  const { step, name, change, from, to, number, fields = [], table } = artifact;
  const types =
    from && to && from.type !== to.type
      ? shownTypeChange(from.type, to.type).join(' → ')
      : shownType((to ?? from)?.type ?? '');
  return (
    <div className="tf-Value-diff">
      <p>
        <b>{name}</b> <span className="tf-Quiet">of {step}</span>{' '}
        <span className="tf-Change" data-change={change}>
          {change}
        </span>{' '}
        <code>{types}</code>
      </p>
      {number && <p>{`${numberText(number.from)} → ${numberText(number.to)} (${differenceText(number)})`}</p>}
      {fields.length > 0 && (
        <Pairs
          rows={fields.map((field) => ({
            name: field.name,
            from: short(field.from),
            to: short(field.to),
          }))}
        />
      )}
      {table && (
        <p>
          {`${table.rows[0]} → ${table.rows[1]} rows`}
          {table.columns.length > 0 &&
            `; other values in ${table.columns.map((column) => column.name).join(', ')}`}
        </p>
      )}
      {!number && fields.length === 0 && !table && from && to && (
        <p className="tf-Quiet">{`${sizeText(from.size)} → ${sizeText(to.size)}`}</p>
      )}
    </div>
  );
}

/** JSON has null for what is no finite number. */
function numberText(value: number | null): string {
  return value === null ? 'not a number' : String(Number(value.toPrecision(8)));
}

export function differenceText({
  difference,
  relative,
}: Pick<NumberDiff, 'difference' | 'relative'>): string {
  const sign = difference > 0 ? '+' : '';
  const share = relative === undefined ? '' : `, ${sign}${(relative * 100).toPrecision(3)} %`;
  return `${sign}${numberText(difference)}${share}`;
}

const LONGEST = 200;

function short(value: unknown): string {
  const text = value === undefined ? '' : (JSON.stringify(value) ?? '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
