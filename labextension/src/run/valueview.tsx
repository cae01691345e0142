/** A value from a run: a table, a line of numbers, or a tree that opens. What a run has made is shown as text alone. */
import { useState } from 'react';
import { extent, kindOf, leafText, lineThrough } from './valuekind.js';

export function ValueView({ value, name }: { value: unknown; name: string }): JSX.Element {
  const kind = kindOf(value);
  switch (kind.kind) {
    case 'numbers':
      return <Numbers values={kind.values} name={name} />;
    case 'table':
      return (
        <div className="tf-ValueTable" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
          <table>
            <thead>
              <tr>
                {kind.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {kind.rows.map((row, index) => (
                <tr key={index}>
                  {kind.columns.map((column) => (
                    <td key={column}>{row[column] === undefined ? '' : leafText(row[column])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {kind.total > kind.rows.length && (
            <p className="tf-Quiet">{`The first ${kind.rows.length} of ${kind.total} rows.`}</p>
          )}
        </div>
      );
    case 'tree':
      return <Branch name={name} value={value} open />;
  }
}

const CHART = { width: 240, height: 60 };

function Numbers({ values, name }: { values: readonly number[]; name: string }): JSX.Element {
  const { width, height } = CHART;
  const [least, most] = extent(values);
  const words = `${values.length} numbers from ${round(least)} to ${round(most)}`;
  return (
    <figure className="tf-Numbers">
      <svg viewBox={`-2 -2 ${width + 4} ${height + 4}`} role="img" aria-label={`${name}: ${words}`}>
        <polyline points={lineThrough(values, width, height)} />
      </svg>
      <figcaption className="tf-Quiet">{words}</figcaption>
    </figure>
  );
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}

/** So many fields are shown at once. */
const MANY = 100;

function Branch({
  name,
  value,
  open = false,
}: {
  name: string;
  value: unknown;
  open?: boolean;
}): JSX.Element {
  const [isOpen, setOpen] = useState(open);
  const [most, setMost] = useState(MANY);
  if (typeof value !== 'object' || value === null)
    return (
      <div className="tf-Leaf">
        <code>{name}</code>: {leafText(value)}
      </div>
    );
  const fields = Object.entries(value);
  const count = Array.isArray(value) ? `[${fields.length}]` : `{${fields.length}}`;
  return (
    <details className="tf-Branch" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{name}</code> <span className="tf-Quiet">{count}</span>
      </summary>
      {isOpen && fields.slice(0, most).map(([key, each]) => <Branch key={key} name={key} value={each} />)}
      {isOpen && fields.length > most && (
        <button type="button" className="tf-Link" onClick={() => setMost(most + MANY)}>
          {`${fields.length - most} more…`}
        </button>
      )}
    </details>
  );
}
