/** In what order edits at one place come: what closes, what opens, what replaces. */
const CLOSE = 0;
const OPEN = 1;
const REPLACE = 2;

interface Edit {
  start: number;
  end: number;
  text: string;
  order: number;
}

/** From a line's column on, a position in the edited text is `shift` characters further right than in the source. */
export interface Shift {
  /** 0-based, in the edited text, whose lines are those of the source. */
  line: number;
  column: number;
  shift: number;
}

/** Changes to a text that never move anything to another line. */
export class Edits {
  private edits: Edit[] = [];

  constructor(private readonly source: string) {}

  /** Puts text before what starts here. Outer nodes first. */
  open(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, order: OPEN });
  }

  /** Puts text behind what ends here. Inner nodes first. */
  close(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text, order: CLOSE });
  }

  /** Replaces a range; the text gets the line breaks that the range had. */
  replace(start: number, end: number, text: string): void {
    const missing = count(this.source.slice(start, end)) - count(text);
    this.edits.push({ start, end, text: text + '\n'.repeat(Math.max(0, missing)), order: REPLACE });
  }

  /** Replaces a range and whatever was to be changed in it. */
  replaceAll(start: number, end: number, text: string): void {
    this.edits = this.edits.filter((edit) => edit.start < start || edit.end > end);
    this.replace(start, end, text);
  }

  /** Replaces a range by blanks. */
  blank(start: number, end: number, first = ''): void {
    const text = first + this.source.slice(start + first.length, end).replace(/[^\r\n]/g, ' ');
    this.edits.push({ start, end, text, order: REPLACE });
  }

  /** A point to go back to with `undo`. */
  mark(): number {
    return this.edits.length;
  }

  undo(mark: number): void {
    this.edits.length = mark;
  }

  /** A range of the edited text. */
  slice(start: number, end: number): string {
    return this.render(start, end).text;
  }

  render(start = 0, end = this.source.length): { text: string; shifts: Shift[] } {
    const edits = this.edits.filter((edit) => edit.start >= start && edit.end <= end);
    // Of two that replace from one place, the longer one wins.
    edits.sort((a, b) => a.start - b.start || a.order - b.order || b.end - a.end);
    const shifts: Shift[] = [];
    let text = '';
    let at = start;
    let line = 0;
    let lineStart = 0;
    const advance = (chunk: string) => {
      for (let i = chunk.indexOf('\n'); i >= 0; i = chunk.indexOf('\n', i + 1)) {
        line++;
        lineStart = text.length + i + 1;
      }
      text += chunk;
    };
    for (const edit of edits) {
      if (edit.start < at) continue;
      advance(this.source.slice(at, edit.start));
      advance(edit.text);
      at = edit.end;
      const sourceLineStart = this.source.lastIndexOf('\n', at - 1) + 1;
      const column = text.length - lineStart;
      const shift = column - (at - sourceLineStart);
      const last = shifts.at(-1);
      if (last?.line === line ? last.shift !== shift : shift !== 0) shifts.push({ line, column, shift });
    }
    advance(this.source.slice(at, end));
    return { text, shifts };
  }
}

function count(text: string): number {
  return text.split('\n').length - 1;
}
