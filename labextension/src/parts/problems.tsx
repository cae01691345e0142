/** The list of what is wrong, where, and what to do. */
import type { Diagnostic, Pipeline } from '@tagflow/schema';

export interface ProblemsProps {
  pipeline: Pipeline;
  diagnostics: readonly Diagnostic[];
  onReveal: (diagnostic: Diagnostic) => void;
}

interface ProblemProps {
  diagnostic: Diagnostic;
  pipeline: Pipeline;
  onReveal: (diagnostic: Diagnostic) => void;
}

export function Problems({ pipeline, diagnostics, onReveal }: ProblemsProps): JSX.Element {
  return (
    <ul className="tf-Problems">
      {diagnostics.map((diagnostic, index) => (
        <li key={index}>
          <Problem diagnostic={diagnostic} pipeline={pipeline} onReveal={onReveal} />
        </li>
      ))}
    </ul>
  );
}

/** A button to where it is; what is wrong with the whole notebook is nowhere. */
function Problem({ diagnostic, pipeline, onReveal }: ProblemProps): JSX.Element {
  const shared = { className: 'tf-Problem', 'data-severity': diagnostic.severity };
  const words = (
    <>
      <ProblemText diagnostic={diagnostic} />
      <span className="tf-Problem-place">{place(diagnostic, pipeline)}</span>
    </>
  );
  if (diagnostic.cell === undefined) return <div {...shared}>{words}</div>;
  return (
    <button type="button" {...shared} onClick={() => onReveal(diagnostic)}>
      {words}
    </button>
  );
}

/** The sign, the sentence, and what to do. */
export function ProblemText({ diagnostic }: { diagnostic: Diagnostic }): JSX.Element {
  return (
    <>
      <SeverityMark severity={diagnostic.severity} />
      <span className="tf-Problem-message">
        <Prose text={diagnostic.message} />
      </span>
      {diagnostic.advice && (
        <span className="tf-Problem-advice">
          <Prose text={diagnostic.advice} />
        </span>
      )}
    </>
  );
}

/** Text in which code stands between backticks. */
export function Prose({ text }: { text: string }): JSX.Element {
  const parts = text.split('`');
  // An odd number of backticks means something else than code.
  if (parts.length % 2 === 0) return <>{text}</>;
  return <>{parts.map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>;
}

const SHAPES = {
  error:
    'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM11 9.9 9.9 11 8 9.1 6.1 11 5 9.9 6.9 8 5 6.1 6.1 5 8 6.9 9.9 5 11 6.1 9.1 8z',
  warning: 'M8 1.5 15 14H1zM7.2 6v4h1.6V6zm0 5v1.6h1.6V11z',
  info: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM7.2 7h1.6v5H7.2zm0-3h1.6v1.8H7.2z',
};

export function SeverityMark({ severity }: { severity: Diagnostic['severity'] }): JSX.Element {
  return (
    <svg
      className="tf-SeverityMark"
      data-severity={severity}
      viewBox="0 0 16 16"
      role="img"
      aria-label={severity}
    >
      <path fillRule="evenodd" d={SHAPES[severity]} />
    </svg>
  );
}

/** Such as `train · cell 4, line 2 · TF012`; cells are counted from 1 as they stand in the notebook. */
function place({ cell, range, code }: Diagnostic, pipeline: Pipeline): string {
  const known = pipeline.cells.find(({ id }) => id === cell);
  const where = known && `cell ${known.index + 1}${range ? `, line ${range.start.line}` : ''}`;
  return [known?.step, where, code].filter(Boolean).join(' · ');
}
