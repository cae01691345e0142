/** What a step wrote. */
import { useEffect, useRef } from 'react';
import type { Log } from './log.js';

export interface LogViewProps {
  log: Log;
  /** What screen readers call it. */
  name: string;
  /** Whether more may be written. */
  goesOn: boolean;
}

/** Follows the end of the log, unless the user has scrolled away from it. */
export function LogView({ log, name, goesOn }: LogViewProps): JSX.Element {
  const node = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const pre = node.current;
    if (pre && follows.current) pre.scrollTop = pre.scrollHeight;
  }, [log]);
  if (log.length === 0)
    return <p className="tf-Quiet">{goesOn ? 'Nothing has been written yet.' : 'Nothing was written.'}</p>;
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
