/** What a step of a run has kept: type, size, a look at it; and what can be done with it. */
import { shownType, sizeText, type Artifact } from '@tagflow/schema';
import { useState } from 'react';
import { useAnswer } from '../hooks.js';
import { ValueView } from './valueview.js';

/** What the surroundings do with an artifact of the step that is shown. */
export interface ArtifactActions {
  /** Its value where it is small and JSON can hold it. */
  read: (name: string) => Promise<{ value?: unknown } | null>;
  /** Puts a cell that loads it into the notebook. */
  insert: (artifact: Artifact) => void;
  /** Shows where it came from. */
  trace: (artifact: Artifact) => void;
}

export interface ResultsProps {
  artifacts: readonly Artifact[];
  actions: ArtifactActions;
}

export function Results({ artifacts, actions }: ResultsProps): JSX.Element {
  return (
    <>
      <h4>Results</h4>
      {artifacts.map((artifact) => (
        <Result key={artifact.variable} artifact={artifact} actions={actions} />
      ))}
    </>
  );
}

function Result({ artifact, actions }: { artifact: Artifact; actions: ArtifactActions }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { name, size, type } = artifact;
  return (
    <details className="tf-Result" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>
          <b>{name}</b>
        </code>
        <span className="tf-Result-size">{sizeText(size)}</span>
      </summary>
      {open && (
        <>
          <p className="tf-Result-type">
            <code>{shownType(type)}</code>
          </p>
          <Look artifact={artifact} read={actions.read} />
          <p className="tf-Result-actions">
            <button type="button" className="tf-Link tf-Insert" onClick={() => actions.insert(artifact)}>
              Open in notebook
            </button>
            <button type="button" className="tf-Link tf-Trace" onClick={() => actions.trace(artifact)}>
              Lineage
            </button>
          </p>
        </>
      )}
    </details>
  );
}

/** A picture that the step made comes first, then the value itself, then what was written down of it. */
function Look({ artifact, read }: { artifact: Artifact; read: ArtifactActions['read'] }): JSX.Element {
  const { name, digest, preview } = artifact;
  const answer = useAnswer(() => read(name), [name, digest]);
  if (preview.html !== undefined) return <Foreign html={preview.html} name={name} />;
  if (answer === undefined) return <p className="tf-Quiet">Reading…</p>;
  if (answer !== null && 'value' in answer) return <ValueView name={name} value={answer.value} />;
  return <pre>{preview.text}</pre>;
}

/** No scripts (the sandbox), no network (the policy): what a step has made is not trusted. */
const POLICY =
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">` +
  '<style>body{margin:4px;font:12px sans-serif;background:#fff;color:#222}td,th{padding:2px 6px;text-align:left}</style>';

function Foreign({ html, name }: { html: string; name: string }): JSX.Element {
  return <iframe className="tf-Foreign" sandbox="" srcDoc={POLICY + html} title={`Preview of ${name}`} />;
}
