/** The form of a pipeline's parameters. */
import type { Parameter } from '@tagflow/schema';
import { useId } from 'react';
import { entryOf, fieldOf, readEntry, type Entries, type Field } from './parameters.js';

export interface ParameterFormProps {
  parameters: readonly Parameter[];
  entries: Entries;
  onEnter: (parameter: string, entry: string) => void;
}

export function ParameterForm({ parameters, entries, onEnter }: ParameterFormProps): JSX.Element {
  return (
    <div className="tf-Form" data-lm-suppress-shortcuts="true">
      {parameters.map((parameter) => (
        <Row
          key={parameter.name}
          parameter={parameter}
          entry={entries[parameter.name]}
          onEnter={(entry) => onEnter(parameter.name, entry)}
        />
      ))}
    </div>
  );
}

interface RowProps {
  parameter: Parameter;
  entry: string | undefined;
  onEnter: (entry: string) => void;
}

function Row({ parameter, entry, onEnter }: RowProps): JSX.Element {
  const id = useId();
  const field = fieldOf(parameter);
  const initial = entryOf(field, parameter.value);
  const value = entry ?? initial;
  const reading = readEntry(field, value);
  const problem = 'problem' in reading ? reading.problem : null;
  return (
    <div className="tf-Form-row">
      <label htmlFor={id} title={`${parameter.name}: ${parameter.type}`}>
        {parameter.name}
      </label>
      <Control id={id} field={field} value={value} invalid={problem !== null} onEnter={onEnter} />
      {value !== initial && (
        <button
          type="button"
          className="tf-Link"
          onClick={() => onEnter(initial)}
          aria-label={`Reset ${parameter.name}`}
          title={`Back to ${initial}`}
        >
          reset
        </button>
      )}
      {problem && (
        <span className="tf-Form-problem" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

interface ControlProps {
  id: string;
  field: Field;
  value: string;
  invalid: boolean;
  onEnter: (entry: string) => void;
}

function Control({ id, field, value, invalid, onEnter }: ControlProps): JSX.Element {
  const shared = {
    id,
    value,
    'aria-invalid': invalid,
    'aria-describedby': invalid ? `${id}-problem` : undefined,
    onChange: (event: { target: { value: string } }) => onEnter(event.target.value),
  };
  switch (field.kind) {
    case 'switch':
      return (
        <input
          type="checkbox"
          id={id}
          checked={value === 'true'}
          onChange={(event) => onEnter(String(event.target.checked))}
        />
      );
    case 'choice':
      return (
        <select {...shared}>
          {field.options.map((option) => (
            <option key={option} value={String(option)}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'number':
      return <input {...shared} inputMode="decimal" autoComplete="off" />;
    case 'text':
      return <input {...shared} autoComplete="off" />;
    case 'json':
      return <textarea {...shared} rows={2} spellCheck={false} />;
  }
}
