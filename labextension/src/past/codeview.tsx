/** The code of a run, cell after cell, with what has changed in the notebook since. */
import type { CodeDiff, CodeUnit, DiffLine } from '@tagflow/schema';
import type { NotebookPipeline } from '../model.js';
import { revealCell } from '../step/reveal.js';
import { useAnswer } from '../hooks.js';

export interface CodeViewProps {
  model: NotebookPipeline;
  run: string;
}

export function CodeView({ model, run }: CodeViewProps): JSX.Element {
  const answer = useAnswer(() => model.past.code(run), [model, run]);
  if (answer === undefined) return <p className="tf-Quiet">Reading…</p>;
  if (answer === null) return <p className="tf-Quiet">The code of this run cannot be read.</p>;
  const { code, diff, reordered } = answer;
  const changes = new Map(diff.map((each) => [each.id, each]));
  const added = diff.filter(({ change }) => change === 'added');
  return (
    <>
      <p className="tf-Quiet">
        {diff.length === 0
          ? 'The notebook is as it was.'
          : `Since then, ${diff.length === 1 ? 'one cell has' : `${diff.length} cells have`} changed.`}
        {reordered && ' The cells stand in another order now.'}
      </p>
      {code.map((unit) => (
        <Unit key={unit.id} unit={unit} change={changes.get(unit.id)} model={model} />
      ))}
      {added.map((change) => (
        <Unit key={change.id} unit={change} change={change} model={model} />
      ))}
    </>
  );
}

interface UnitProps {
  unit: Pick<CodeUnit, 'id' | 'title'> & Partial<CodeUnit>;
  change: CodeDiff | undefined;
  model: NotebookPipeline;
}

/** What has changed is open. */
function Unit({ unit, change, model }: UnitProps): JSX.Element {
  return (
    <details className="tf-Code" open={change !== undefined}>
      <summary>
        <span>{unit.title}</span>
        {change && (
          <span className="tf-Change" data-change={change.change}>
            {change.change === 'added' ? 'new since' : `${change.change} since`}
          </span>
        )}
      </summary>
      {change?.change !== 'removed' && (
        <button type="button" className="tf-Link" onClick={() => void revealCell(model.panel, unit.id)}>
          Go to the cell
        </button>
      )}
      {change && change.change === 'changed' ? (
        <DiffLines lines={change.lines} />
      ) : (
        <pre>{unit.text ?? change?.lines.map(({ text }) => text).join('\n')}</pre>
      )}
    </details>
  );
}

const SIGNS = { equal: ' ', added: '+', removed: '-' };

export function DiffLines({ lines }: { lines: readonly DiffLine[] }): JSX.Element {
  return (
    <pre className="tf-DiffLines">
      {lines.map(({ change, text }, index) => (
        <span key={index} data-change={change}>
          {`${SIGNS[change]} ${text}\n`}
        </span>
      ))}
    </pre>
  );
}
