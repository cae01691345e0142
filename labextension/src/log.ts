/** The log of one step as it is shown: bounded, so that a chatty step does not fill the browser. */

export interface LogPart {
  stream: 'stdout' | 'stderr';
  text: string;
}

export interface Log {
  parts: readonly LogPart[];
  /** Characters in `parts`. */
  length: number;
  /** Whether the beginning was dropped. */
  cut: boolean;
}

export const EMPTY_LOG: Log = { parts: [], length: 0, cut: false };

const LONGEST = 200_000;

/** The log with this text at its end; neighbours of one stream are joined. */
export function appendLog(log: Log, part: LogPart): Log {
  if (part.text === '') return log;
  const last = log.parts.at(-1);
  const joined = last?.stream === part.stream && last.text.length < LONGEST / 10;
  const parts = joined
    ? [...log.parts.slice(0, -1), { stream: part.stream, text: last.text + part.text }]
    : [...log.parts, part];
  return bounded({ parts, length: log.length + part.text.length, cut: log.cut });
}

function bounded(log: Log): Log {
  let { length } = log;
  if (length <= LONGEST) return log;
  const parts = [...log.parts];
  while (length > LONGEST) {
    const first = parts[0]!;
    const drop = Math.min(first.text.length, length - LONGEST);
    if (drop === first.text.length) parts.shift();
    else parts[0] = { ...first, text: first.text.slice(drop) };
    length -= drop;
  }
  return { parts, length, cut: true };
}
