/** What a step's process is told, and what it answers: plain data, as the process channel carries it. */
import type { AttemptEnd, AttemptStart, Failure, Output, Read } from '@tagflow/schema';
import type { AttemptId } from '../store/place-in-step.js';

/** A value that a program consumes. */
export interface StepInput {
  digest: string;
  /** Which program made it, as `sourceOf` has it. */
  source: string;
  /** Digest of its links to objects of other values, if it has any. */
  identity?: string;
  /** Specifiers of packages whose instances it holds. */
  packages?: string[];
}

export interface StepRequest {
  id: AttemptId;
  /** Where the store is, and what it takes to open it. */
  store: string;
  access?: Readonly<Record<string, string>>;
  /** The notebook's directory: packages are looked up from there. */
  directory: string;
  /** Empty but for the declared files. */
  workingDirectory: string;
  /** Path of the program, an ES module, and the digest of its blob. */
  program: string;
  programDigest: string;
  /** By variable. */
  inputs: Record<string, StepInput>;
  /** What the body of a `foreach` returned for each item, in order, where the program begins with that. */
  results?: StepInput[];
  /** Of a loop in a loop: the local names of the body around it that its own body uses. */
  locals?: Record<string, StepInput>;
  /** All that the step produces: the program's own values are among them. */
  outputs: Output[];
  keep: 'consumed' | 'all';
  /** Largest encoding, in bytes, of a value that nothing consumes. */
  keepLimit: number;
  /** Declared environment variables with their values, secrets among them. */
  env: Record<string, string>;
  /** Earlier runs are seen as of this moment, as toISOString writes it. */
  asOf: string;
  /** Values that must not be kept. */
  secrets: string[];
  /** Of the body of a `foreach`: what stands in its output where another item begins. */
  mark?: string;
}

/** An item for the body of a `foreach`. */
export interface ItemRequest {
  index: number;
  attempt: number;
  /** Milliseconds to wait before the attempt begins. */
  delay?: number;
  input: StepInput;
  /** For the record. */
  key: string;
  parts: string;
}

/** A loop in the body of a loop, to be spread by the runner while the body waits. */
export interface NestedLoop {
  /** Of its program. */
  segment: number;
  /** The items around it, outermost first. */
  within: number[];
  items: StepInput[];
  locals: Record<string, StepInput>;
  concurrency?: number;
}

/** What came of it: a result for each item, or the failure of the first that failed; neither if it was stopped. */
export interface NestedEnd {
  results?: StepInput[];
  failure?: Failure;
}

/** What a step's process is told: its task; then, for a body, items to work on, and at last that there are no more. */
export type RunnerMessage = { request: StepRequest } | { items: ItemRequest[] } | { nestedEnd: NestedEnd };

/** An item that has ended. */
export interface ItemReply extends StepReply {
  start: AttemptStart;
}

/**
 * What a step's process says: first that it is ready, at last how the attempt ended; in between, a body says that it
 * waits for items, which of them it began, and which have ended. What it reads of earlier runs it says at once.
 */
export type StepMessage =
  | { ready: true }
  | { waiting: true }
  | { nested: NestedLoop }
  | { began: AttemptStart }
  | { items: ItemReply[] }
  | { read: Read }
  | StepReply;

/** The attempt's end; the process has written it to the store already if `recorded`. */
export interface StepReply {
  end: AttemptEnd;
  recorded: boolean;
}
