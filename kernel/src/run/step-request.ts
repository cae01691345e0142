/** What a step's process is told, and what it answers: plain data, as the process channel carries it. */
import type { AttemptEnd, Output } from '@tagflow/schema';
import type { AttemptId } from '../store/journal.js';

/** A value that a step consumes. */
export interface StepInput {
  digest: string;
  /** Step that made it and variable, as `sourceOf` has them. */
  source: string;
  /** Digest of its links to objects of other values, if it has any. */
  identity?: string;
}

export interface StepRequest {
  id: AttemptId;
  /** Folder of the store. */
  store: string;
  /** The notebook's directory: packages are looked up from there. */
  directory: string;
  /** Empty but for the declared files. */
  workingDirectory: string;
  /** Path of the program, an ES module. */
  program: string;
  /** By variable. */
  inputs: Record<string, StepInput>;
  outputs: Output[];
  keep: 'consumed' | 'all';
  /** Largest encoding, in bytes, of a value that nothing consumes. */
  keepLimit: number;
  /** Declared environment variables with their values, secrets among them. */
  env: Record<string, string>;
  /** Values that must not be kept. */
  secrets: string[];
}

/** What a step's process says: first that it is ready, at last how the attempt ended. */
export type StepMessage = { ready: true } | StepReply;

/** The attempt's end; the process has written it to the store already if `recorded`. */
export interface StepReply {
  end: AttemptEnd;
  recorded: boolean;
}
