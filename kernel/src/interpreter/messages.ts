/** What the kernel and its user process say to each other. */
import type { CommContent, CommType } from '../library/host.js';
import type { MimeBundle } from '../library/mime.js';
import type { Shift } from './cell-positions.js';

export interface RunnableScript {
  code: string;
  modules: string[];
  shifts: readonly Shift[];
  /** Classes that it declares, with the digests of their declarations. */
  classes?: Readonly<Record<string, string>>;
}

/** Runs a cell. */
export interface RunMessage {
  type: 'run';
  /** Counts executions; everything the cell says later carries it. */
  cell: number;
  /** Id of the cell's module. */
  module: string;
  /** What stands for the file name in stack traces. */
  label: string;
  script: RunnableScript;
  /** Whether local files begin anew before it runs. */
  fresh: boolean;
  /** Names that the script gives a value. */
  names: string[];
  /** Written to the raw descriptors behind the cell's output. */
  nonce: string;
}

/** Evaluates an expression that sees the cells' names. */
export interface EvaluateMessage {
  type: 'evaluate';
  id: string;
  cell: number;
  script: RunnableScript;
}

export type ToUser =
  | RunMessage
  | EvaluateMessage
  | { type: 'interrupt'; id: number }
  | { type: 'input'; id: string; value: string }
  | { type: 'noInput'; id: string; message: string }
  | { type: 'comm'; kind: CommType; content: CommContent };

/** An error as Jupyter's messages carry it. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

export type StreamName = 'stdout' | 'stderr';

export interface PagePayload {
  source: 'page';
  data: MimeBundle;
  start: 0;
}

/** A cell has ended. */
export interface DoneMessage {
  type: 'done';
  cell: number;
  error?: ErrorContent;
  /** The value of the last expression, unless it is undefined. */
  result?: { data: MimeBundle; metadata: Record<string, unknown> };
  /** Names that got no value, because the cell threw before them. */
  unreached: string[];
  payload: PagePayload[];
  /** How many of the raw descriptors carry the nonce. */
  marks: number;
}

export interface OutputMessage {
  type: 'output';
  cell: number | undefined;
  message: 'display_data' | 'update_display_data' | 'clear_output' | CommType;
  content: Record<string, unknown>;
}

export type FromUser =
  | { type: 'up' }
  | { type: 'stream'; cell: number | undefined; name: StreamName; text: string }
  | OutputMessage
  | DoneMessage
  /** An interrupt has been taken up: the event loop turns. */
  | { type: 'interrupted'; id: number }
  | { type: 'evaluated'; id: string; data?: MimeBundle; error?: ErrorContent }
  | { type: 'input'; id: string; cell: number | undefined; prompt: string; password: boolean };

/** Descriptors that both sides share beside the standard ones. */
export const DESCRIPTOR = { fromUser: 3, toUser: 4, interrupt: 5 } as const;
