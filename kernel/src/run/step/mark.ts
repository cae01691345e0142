/** In the output of a process that works on several items, a mark stands where the next one begins. */
import type { LogStream } from '../../store/log.js';

/** A text with the mark in it says which item comes: `⟨mark⟩17.1⟨mark⟩`. */
export function markOf(mark: string, index: number, attempt: number): string {
  return `${mark}${index}.${attempt}${mark}`;
}

export interface ItemAttempt {
  index: number;
  attempt: number;
}

/** Takes output in pieces and tells which item wrote what. */
export class MarkedOutput {
  private held = '';
  private current: ItemAttempt | undefined;

  constructor(
    private readonly mark: string,
    private readonly stream: LogStream,
    private readonly write: (item: ItemAttempt | undefined, stream: LogStream, text: string) => void,
  ) {}

  take(text: string): void {
    const parts = (this.held + text).split(this.mark);
    // Between each pair of marks stands the name of an item; an open pair waits for the rest.
    const isOpen = parts.length % 2 === 0;
    this.held = isOpen ? this.mark + parts.pop()! : '';
    parts.forEach((part, i) => {
      if (i % 2 === 1) this.current = itemOf(part);
      else if (i < parts.length - 1 || isOpen) this.tell(part);
      else this.tell(this.withoutBeginning(part));
    });
  }

  end(): void {
    this.tell(this.held);
    this.held = '';
  }

  /** Keeps back what may be the beginning of a mark. */
  private withoutBeginning(text: string): string {
    for (let length = Math.min(this.mark.length - 1, text.length); length > 0; length--) {
      if (!this.mark.startsWith(text.slice(text.length - length))) continue;
      this.held = text.slice(text.length - length);
      return text.slice(0, text.length - length);
    }
    return text;
  }

  private tell(text: string): void {
    if (text !== '') this.write(this.current, this.stream, text);
  }
}

function itemOf(text: string): ItemAttempt | undefined {
  const [index, attempt] = text.split('.').map(Number);
  return Number.isInteger(index) && Number.isInteger(attempt)
    ? { index: index!, attempt: attempt! }
    : undefined;
}
