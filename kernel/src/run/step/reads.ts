/** What an attempt reads of earlier runs, for its record: each artifact once. */
import type { AttemptEnd, Read } from '@tagflow/schema';

export class Reads {
  /** Read before the first item: every item depends on it. */
  private readonly shared = new Map<string, Read>();
  private item: Map<string, Read> | undefined;

  note(read: Read): void {
    (this.item ?? this.shared).set(`${read.run} ${read.step} ${read.name}`, read);
  }

  /** An item of a loop begins: what was read for the one before it is not its own. */
  beginItem(): void {
    this.item = new Map();
  }

  /** As a part of the record; empty if nothing was read. */
  record(): Pick<AttemptEnd, 'read'> {
    const all = new Map([...this.shared, ...(this.item ?? [])]);
    return all.size > 0 ? { read: [...all.values()] } : {};
  }
}
