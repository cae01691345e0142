/**
 * The form's fields for what is no plain text or number. JupyterLab's own would write `[]` and `{}` for lists and
 * tables that nobody has touched, and for `after` that is an answer.
 */
import type { IFormRendererRegistry } from '@jupyterlab/ui-components';
import { useState, type ReactNode } from 'react';
import {
  cacheAge,
  cacheChoice,
  gpuText,
  namesText,
  readCache,
  readGpu,
  readNames,
  readTolerations,
  readVariables,
  readVolumes,
  tolerationsText,
  variablesText,
  volumesText,
  type CacheChoice,
} from './settings.js';

/** What the form hands to a field. */
interface FieldProps {
  idSchema: { $id: string };
  schema: { title?: string; description?: string };
  formData?: unknown;
  onChange: (value: unknown) => void;
}

/** `schema/plugin.json` names the fields by these ids. */
export function addStepFields(registry: IFormRendererRegistry): void {
  const fields = {
    names: NamesField,
    after: AfterField,
    variables: VariablesField,
    cache: CacheField,
    gpu: GpuField,
    tolerations: TolerationsField,
    volumes: VolumesField,
  };
  for (const [name, field] of Object.entries(fields))
    registry.addRenderer(`@tagflow/labextension:plugin.${name}`, { fieldRenderer: field });
}

/** JupyterLab leaves the title and the description of such fields to them. */
function Titled({ idSchema: { $id }, schema, children }: FieldProps & { children: ReactNode }): JSX.Element {
  return (
    <div className="tf-Setting">
      <div className="jp-FormGroup-compactTitle">
        <label className="jp-FormGroup-fieldLabel jp-FormGroup-contentItem" htmlFor={$id}>
          {schema.title}
        </label>
        <div className="jp-FormGroup-description" id={`${$id}__description`}>
          {schema.description}
        </div>
      </div>
      {children}
    </div>
  );
}

interface TextProps extends FieldProps {
  rows?: number;
  placeholder?: string;
  show: (value: unknown) => string;
  read: (text: string) => unknown;
}

/** What is typed stays as it was typed, also where the value that is read from it is the same. */
function TextField({ idSchema, formData, onChange, rows, placeholder, show, read }: TextProps): JSX.Element {
  const [typed, setTyped] = useState(() => show(formData));
  const isCurrent = show(read(typed)) === show(formData);
  const change = (text: string): void => {
    setTyped(text);
    onChange(read(text));
  };
  const common = {
    id: idSchema.$id,
    className: 'form-control',
    value: isCurrent ? typed : show(formData),
    placeholder,
    spellCheck: false,
    'aria-describedby': `${idSchema.$id}__description`,
  };
  return rows === undefined ? (
    <input type="text" {...common} onChange={(event) => change(event.target.value)} />
  ) : (
    <textarea rows={rows} {...common} onChange={(event) => change(event.target.value)} />
  );
}

function NamesField(props: FieldProps): JSX.Element {
  return (
    <Titled {...props}>
      <TextField {...props} show={namesText} read={readNames} />
    </Titled>
  );
}

function VariablesField(props: FieldProps): JSX.Element {
  return (
    <Titled {...props}>
      <TextField {...props} rows={2} placeholder="NAME=value" show={variablesText} read={readVariables} />
    </Titled>
  );
}

function GpuField(props: FieldProps): JSX.Element {
  return (
    <Titled {...props}>
      <TextField {...props} show={gpuText} read={readGpu} />
    </Titled>
  );
}

function TolerationsField(props: FieldProps): JSX.Element {
  return (
    <Titled {...props}>
      <TextField
        {...props}
        rows={2}
        placeholder="key=value:NoSchedule"
        show={tolerationsText}
        read={readTolerations}
      />
    </Titled>
  );
}

function VolumesField(props: FieldProps): JSX.Element {
  return (
    <Titled {...props}>
      <TextField {...props} rows={2} placeholder="/data claim ro" show={volumesText} read={readVolumes} />
    </Titled>
  );
}

/** An empty list says that there are none; that is another thing than to say nothing. */
function AfterField(props: FieldProps): JSX.Element {
  const { idSchema, formData, onChange } = props;
  const none = Array.isArray(formData) && formData.length === 0;
  return (
    <Titled {...props}>
      <TextField {...props} show={namesText} read={readNames} />
      <label className="tf-Setting-choice">
        <input
          type="checkbox"
          id={`${idSchema.$id}_none`}
          checked={none}
          onChange={(event) => onChange(event.target.checked ? [] : undefined)}
        />
        It depends on no other step
      </label>
    </Titled>
  );
}

const CHOICES: Record<CacheChoice, string> = {
  code: 'If its code allows it',
  always: 'Always',
  never: 'Never',
  limited: 'For a limited time',
};

function CacheField(props: FieldProps): JSX.Element {
  const { idSchema, formData, onChange } = props;
  const choice = cacheChoice(formData);
  return (
    <Titled {...props}>
      <select
        id={idSchema.$id}
        className="form-control"
        value={choice}
        aria-describedby={`${idSchema.$id}__description`}
        onChange={(event) =>
          onChange(readCache(event.target.value as CacheChoice, cacheAge(formData) || '1d'))
        }
      >
        {Object.entries(CHOICES).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {choice === 'limited' && (
        <input
          type="text"
          className="form-control"
          aria-label="How long a result may stand, such as 12h or 7d"
          value={cacheAge(formData)}
          onChange={(event) => onChange(readCache('limited', event.target.value))}
        />
      )}
    </Titled>
  );
}
