/** The form for where a project's runs on a cluster go. */
import type { Deployment } from '@tagflow/schema';
import { useEffect, useId, useState, type FormEvent } from 'react';
import {
  DEPLOYMENT_FIELDS,
  deploymentOf,
  entriesOf,
  type DeploymentField,
  type Entries,
} from './deployment.js';
import { Prose } from '../parts/problems.js';

export interface ClusterFormProps {
  deployment: Deployment;
  contexts: readonly string[];
  /** @returns why the settings cannot be used, or null */
  onSave: (deployment: Deployment) => Promise<string | null>;
}

export function ClusterForm({ deployment, contexts, onSave }: ClusterFormProps): JSX.Element {
  const [entries, setEntries] = useState<Entries>(() => entriesOf(deployment));
  const [answer, setAnswer] = useState<{ problem: string | null } | null>(null);
  const saved = JSON.stringify(deployment);
  useEffect(() => setEntries(entriesOf(JSON.parse(saved) as Deployment)), [saved]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAnswer({ problem: await onSave(deploymentOf(entries, deployment)) });
  };
  const field = (one: DeploymentField): JSX.Element => (
    <Field
      key={one.path}
      field={one}
      contexts={contexts}
      value={entries[one.path] ?? ''}
      onEnter={(value) => {
        setAnswer(null);
        setEntries((known) => ({ ...known, [one.path]: value }));
      }}
    />
  );
  return (
    <form className="tf-ClusterForm" onSubmit={(event) => void submit(event)}>
      {DEPLOYMENT_FIELDS.filter(({ rare }) => !rare).map(field)}
      <details>
        <summary>More</summary>
        {DEPLOYMENT_FIELDS.filter(({ rare }) => rare).map(field)}
      </details>
      <div className="tf-ClusterPage-buttons">
        <button type="submit" className="tf-Button tf-Save">
          Save in package.json
        </button>
        <span role="status" data-severity={answer?.problem ? 'error' : undefined}>
          {answer && (answer.problem ?? 'Saved.')}
        </span>
      </div>
    </form>
  );
}

interface FieldProps {
  field: DeploymentField;
  contexts: readonly string[];
  value: string;
  onEnter: (value: string) => void;
}

function Field({ field, contexts, value, onEnter }: FieldProps): JSX.Element {
  const { label, hint, placeholder, kind } = field;
  const id = useId();
  const shared = { id, 'aria-describedby': `${id}-hint` };
  const choices = kind === 'context' ? contexts : kind === 'choice' ? field.choices! : null;
  return (
    <div className="tf-Field">
      <label htmlFor={id}>{label}</label>
      {kind === 'switch' ? (
        <input
          {...shared}
          type="checkbox"
          checked={value === 'true'}
          onChange={({ currentTarget }) => onEnter(currentTarget.checked ? 'true' : '')}
        />
      ) : choices && choices.length > 0 ? (
        <select {...shared} value={value} onChange={({ currentTarget }) => onEnter(currentTarget.value)}>
          <option value="">{placeholder}</option>
          {[...new Set([...choices, ...(value === '' ? [] : [value])])].map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type="text"
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          onChange={({ currentTarget }) => onEnter(currentTarget.value)}
        />
      )}
      <p id={`${id}-hint`}>
        <Prose text={hint} />
      </p>
    </div>
  );
}
