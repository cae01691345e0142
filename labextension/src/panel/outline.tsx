/** The same graph as the drawing, as a list of steps with what each takes and gives. */
import { edgesOf, shownType, type Edge, type Pipeline, type Step } from '@tagflow/schema';
import { useMemo } from 'react';
import { Prose } from '../parts/problems.js';
import { staleText } from '../stale.js';
import { StaleMark } from '../parts/statemark.js';

export interface OutlineProps {
  pipeline: Pipeline;
  /** Why a step would run again now; undefined if it would not. */
  staleOf: (step: string) => readonly string[] | undefined;
  selected: string | null;
  onSelect: (step: string) => void;
}

export function Outline({ pipeline, staleOf, selected, onSelect }: OutlineProps): JSX.Element {
  const edges = useMemo(() => edgesOf(pipeline), [pipeline]);
  return (
    <ol className="tf-Outline" aria-label="Steps and what flows between them">
      {pipeline.steps.map((step) => {
        const stale = staleOf(step.name);
        return (
          <li key={step.name}>
            <button
              type="button"
              className="tf-Outline-step"
              aria-current={step.name === selected ? 'true' : undefined}
              onClick={() => onSelect(step.name)}
            >
              {step.name}
            </button>
            {stale && <StaleLine reasons={stale} />}
            <StepValues pipeline={pipeline} edges={edges} step={step} />
          </li>
        );
      })}
    </ol>
  );
}

/** Why a step would run again now. */
export function StaleLine({ reasons }: { reasons: readonly string[] }): JSX.Element {
  return (
    <p className="tf-Stale">
      <StaleMark />
      <span>
        <Prose text={staleText(reasons)} />
      </span>
    </p>
  );
}

interface StepValuesProps {
  pipeline: Pipeline;
  /** The pipeline's. */
  edges: readonly Edge[];
  step: Step;
}

/** What a step takes and from where, what it gives and to whom, with types. */
export function StepValues({ pipeline, edges, step }: StepValuesProps): JSX.Element {
  const into = edges.filter(({ to }) => to === step.name);
  const parameters = step.consumes.filter(({ from }) => from === undefined);
  const readers = (name: string): string[] =>
    edges
      .filter(({ from, values }) => from === step.name && values.some((value) => value.name === name))
      .map(({ to }) => to);
  return (
    <ul className="tf-Values">
      {parameters.map(({ name, variable }) => (
        <Value
          key={`p${variable}`}
          way="parameter"
          name={name}
          type={pipeline.parameters.find((one) => one.variable === variable)?.type ?? 'unknown'}
        />
      ))}
      {into.flatMap(({ from, values }) =>
        values.map(({ name, type }) => (
          <Value key={`i${from}/${name}`} way={`from ${from}`} name={name} type={type} />
        )),
      )}
      {into
        .filter(({ values }) => values.length === 0)
        .map(({ from }) => (
          <li key={`a${from}`} className="tf-Value">
            <span className="tf-Value-way">after {from}</span>
          </li>
        ))}
      {step.produces.map(({ name, type, note, variable }) => (
        <Value
          key={`o${variable}`}
          way={readers(name).length > 0 ? `to ${readers(name).join(', ')}` : 'kept as a result'}
          name={name}
          type={type}
          note={note}
        />
      ))}
    </ul>
  );
}

interface ValueProps {
  way: string;
  name: string;
  type: string;
  note?: string | undefined;
}

function Value({ way, name, type, note }: ValueProps): JSX.Element {
  return (
    <li className="tf-Value">
      <span className="tf-Value-way">{note ? 'not kept' : way}</span>
      <code>
        <b>{name}</b>: {shownType(type)}
      </code>
      {note && <span className="tf-Value-note">{note}</span>}
    </li>
  );
}
