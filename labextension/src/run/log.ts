/** The log of one step as it is shown: bounded, so that a chatty step does not fill the browser. */

export interface LogPart {
  stream: 'stdout' | 'stderr';
  text: string;
  /** Key of the attempt that wrote it, where that is known. */
  attempt?: string | undefined;
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

/** The log with this text at its end; neighbours of one stream and attempt are joined. */
export function appendLog(log: Log, part: LogPart): Log {
  if (part.text === '') return log;
  const last = log.parts.at(-1);
  const isOne = last?.stream === part.stream && last.attempt === part.attempt;
  const parts =
    isOne && last.text.length < LONGEST / 10
      ? [...log.parts.slice(0, -1), { ...last, text: last.text + part.text }]
      : [...log.parts, part];
  return bounded({ parts, length: log.length + part.text.length, cut: log.cut });
}

/** What one attempt has written to the log of its step. */
export function logOfAttempt({ parts, cut }: Log, key: string): Log {
  const own = parts.filter(({ attempt }) => attempt === key);
  return { parts: own, length: own.reduce((sum, { text }) => sum + text.length, 0), cut };
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
