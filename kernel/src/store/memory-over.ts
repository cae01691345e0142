import type { Entry, Store } from './store.js';

/** A store that reads from another and keeps what is written to itself: for what must leave no trace. */
export class MemoryOver implements Store {
  private readonly written = new Map<string, Uint8Array>();

  constructor(private readonly below: Store) {}

  get location(): string {
    return this.below.location;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.written.get(key) ?? this.below.get(key);
  }

  async stat(key: string): Promise<{ size: number; modified: number } | undefined> {
    const own = this.written.get(key);
    return own ? { size: own.length, modified: Date.now() } : this.below.stat(key);
  }

  async put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.written.set(key, bytes instanceof Uint8Array ? bytes : Buffer.concat([...bytes]));
  }

  list(prefix: string): Promise<string[]> {
    return this.below.list(prefix);
  }

  keys(prefix: string): AsyncIterable<string[]> {
    return this.below.keys(prefix);
  }

  entries(prefix: string): AsyncIterable<Entry[]> {
    return this.below.entries(prefix);
  }

  async touch(key: string): Promise<boolean> {
    return (await this.stat(key)) !== undefined;
  }

  async delete(key: string): Promise<void> {
    this.written.delete(key);
  }
}
