/** What a step wrote. */
import { useEffect, useRef } from 'react';
import type { Log } from './log.js';

export interface LogViewProps {
  log: Log;
  /** What screen readers call it. */
  name: string;
  /** Whether more may be written. */
  goesOn: boolean;
  /** The run whose results stand for the step, if none of it ran. */
  cached?: string | undefined;
}

/** Follows the end of the log, unless the user has scrolled away from it. */
export function LogView({ log, name, goesOn, cached }: LogViewProps): JSX.Element {
  const node = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const pre = node.current;
    if (pre && follows.current) pre.scrollTop = pre.scrollHeight;
  }, [log]);
  if (log.length === 0) return <p className="tf-Quiet">{silence(goesOn, cached)}</p>;
  return (
    <pre
      className="tf-Log"
      ref={node}
      tabIndex={0}
      role="region"
      aria-label={name}
      onScroll={({ currentTarget: pre }) => {
        follows.current = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8;
      }}
    >
      {log.cut && <span className="tf-Quiet">The beginning was left out.{'\n'}</span>}
      {log.parts.map(({ stream, text }, index) => (
        <span key={index} data-stream={stream}>
          {text}
        </span>
      ))}
    </pre>
  );
}

function silence(goesOn: boolean, cached: string | undefined): string {
  if (cached !== undefined) return `Nothing ran: what was written is with run ${cached}.`;
  return goesOn ? 'Nothing has been written yet.' : 'Nothing was written.';
}
