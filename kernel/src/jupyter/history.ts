/** What was executed in this session. */
import type { Content } from './wire.js';

interface Entry {
  /** Execution count. */
  line: number;
  code: string;
  output: string | null;
}

type Item = [session: number, line: number, code: string | [code: string, output: string | null]];

const SESSION = 1; // the kernel remembers its own session alone

export class History {
  private readonly entries: Entry[] = [];

  add(line: number, code: string, output: string | undefined): void {
    this.entries.push({ line, code, output: output ?? null });
  }

  /** @param request content of a `history_request` */
  find(request: Content): Item[] {
    const withOutput = request['output'] === true;
    return this.select(request).map(({ line, code, output }) => [
      SESSION,
      line,
      withOutput ? [code, output] : code,
    ]);
  }

  private select(request: Content): Entry[] {
    const { hist_access_type: access, n, pattern, unique, start, stop, session } = request;
    if (access === 'range') {
      const isOurs = session === undefined || session === 0 || session === SESSION;
      const from = typeof start === 'number' ? start : 0;
      const to = typeof stop === 'number' ? stop : Infinity;
      return isOurs ? this.entries.filter(({ line }) => line >= from && line < to) : [];
    }
    const found = access === 'search' ? this.search(String(pattern ?? '*'), unique === true) : this.entries;
    return typeof n === 'number' ? found.slice(Math.max(0, found.length - n)) : found;
  }

  private search(pattern: string, unique: boolean): Entry[] {
    const found = this.entries.filter(({ code }) => matches(pattern, code));
    if (!unique) return found;
    const latest = new Map(found.map((entry) => [entry.code, entry]));
    return found.filter((entry) => latest.get(entry.code) === entry);
  }
}

/**
 * Whether a text has the form of a pattern: `*` stands for any text, `?` for one character. Only the last `*` ever takes
 * more, so that no pattern takes long.
 */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star: { at: number; taken: number } | undefined;
  for (let i = 0; i < text.length;) {
    if (pattern[at] === '*') star = { at: at++, taken: i };
    else if (pattern[at] === '?' || pattern[at] === text[i]) {
      at++;
      i++;
    } else if (star) {
      i = ++star.taken;
      at = star.at + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
