import type { Encoding } from './codec.js';

/**
 * Where runs and artifacts lie: a few methods over bytes. Keys are paths of plain segments with `/` between. Nothing
 * above relies on conditional writes: what is written under a key is either always the same or the key is unique.
 */
export interface Store {
  /** What the store is called in messages. */
  readonly location: string;
  /** What another process needs besides to open it: variables, which may be secret. */
  readonly access?: Readonly<Record<string, string>>;
  /**
   * The bytes under a key; undefined if there are none. A store may tell of pieces, in order, while more is on its way:
   * all of them or none.
   */
  get(key: string, onPiece?: (piece: Uint8Array) => void): Promise<Uint8Array | undefined>;
  /** The same of an encoding, in blocks where that saves copying them. `onPiece` hears of all bytes in their order. */
  getEncoding?(key: string, onPiece?: (piece: Uint8Array) => void): Promise<Encoding | undefined>;
  /** Size in bytes and time of the last write, by the store's clock; undefined if there is nothing under the key. */
  stat(key: string): Promise<{ size: number; modified: number } | undefined>;
  /** What has at most so many bytes is written as soon as asked for: `stat` first would only cost another request. */
  readonly smallWrite?: number;
  /** Writes all or nothing: a reader never sees a part. What a power cut takes of it is found out by who reads it. */
  put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void>;
  /** Names directly under a prefix (`runs/2026-01-31/`), sorted; those of folders end in `/`. */
  list(prefix: string): Promise<string[]>;
  /** All keys that begin with a prefix that ends in `/`, some at a time. */
  keys(prefix: string): AsyncIterable<string[]>;
  /** Everything whose key begins with a prefix that ends in `/`, a folder at a time, and what killed writers left. */
  entries(prefix: string): AsyncIterable<Entry[]>;
  /** Makes what is under a key as young as if it had just been written; false if there is nothing. */
  touch(key: string): Promise<boolean>;
  /** Removes what is under a key, if anything. */
  delete(key: string): Promise<void>;
  /** Gives up what is still being asked for; nothing is asked afterwards. */
  close?(): void;
}

export interface Entry {
  key: string;
  /** In bytes. */
  size: number;
  /** Time of the last write, by the store's clock, in milliseconds. */
  modified: number;
  /** Whether it is a write that did not come to its end, or has not yet. */
  unfinished: boolean;
}

/** The store cannot do what was asked: a sentence with what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** More than one thing begins as it was named. */
export class AmbiguousError extends StoreError {}

/** There is no run with an id. */
export class MissingRunError extends StoreError {}

/** The store refuses whoever asks, or the way to it is barred: nothing is wrong with what was asked. */
export class StoreAccessError extends StoreError {}

/** It does not answer: it may in a while. The cause is the connection's error. */
export class UnreachableStoreError extends StoreAccessError {}

/** A blob's bytes are not those that its name promises. */
export class CorruptBlobError extends StoreError {}

/** Version of the store's layout, in its root. */
export const STORE_FORMAT = 1;
