import type { CellRole, Diagnostic, Pipeline } from '@tagflow/schema';
import type { Shift } from './emit/edits.js';
import type { Observations } from './observations.js';

/** What runs when a cell runs. */
export interface Script {
  /**
   * A JavaScript expression, `async ($x, $e, $m0, $m1 …) => { … }`. `$x` is what the interpreter offers (`import`,
   * `require`, `check`, and `result`, which the cell sets), `$e` the cell's module object, `$m0` … the module objects
   * of the cells in `modules`. Nothing moves to another line.
   */
  code: string;
  /** Ids of the cells whose module objects the expression takes, in order. */
  modules: string[];
  /** Where columns differ from the cell's: `interpreter/cell-positions.ts` leads back. */
  shifts: Shift[];
  /** Classes that it declares, with the digests of their declarations. */
  classes?: Record<string, string>;
}

/** The compiler's answer to a cell. Without `ok` nothing may run, and `script` is empty. */
export interface Compiled {
  ok: boolean;
  script: Script;
  /** Whether local files begin anew before it runs. */
  fresh: boolean;
  /** Names that the cell gives a value when it runs: to be probed after it threw. */
  names: string[];
  /** Errors, warnings and suggestions, in order. Also about order and staleness, when the document is known. */
  diagnostics: Diagnostic[];
  /** The errors as a compiler prints them: source line, range underlined. Empty when `ok`. */
  report: string;
}

export interface DocumentCell {
  id: string;
  source: string;
  /** By its tags; without it, none. */
  role?: CellRole;
  /** The step that it is part of. */
  step?: string | undefined;
}

/** A cell that has run. */
export interface CommittedCell {
  id: string;
  source: string;
  unreached: string[];
}

/**
 * What stands, or could stand, where Tagflow's own `runs` are read: a store knows which there are. The names of what it
 * is part of are there as far as the code tells them.
 */
export interface PastName extends PastNames {
  /**
   * `type` is the type of an artifact, `call` an artifact with its type, `artifact<Model>('model')`, and `rest` what is
   * missing of such a call, `Model>('model')`.
   */
  kind: 'pipeline' | 'run' | 'step' | 'artifact' | 'type' | 'call' | 'rest';
  /** What stands there after a quotation mark; without one, a name needs its own. */
  text?: string;
  /** The quotation mark that is missing at the end. */
  missing?: string;
  /** Where a type may be written: names of types that the notebook declares. */
  types?: string[];
}

/** Of a past run. */
export interface PastNames {
  pipeline?: string;
  /** The state that is asked for. */
  state?: string;
  /** Id of the run, or the beginning of one. */
  run?: string;
  step?: string;
  artifact?: string;
}

export interface Completion {
  matches: string[];
  /** Kind and type of each match, in the same order; `type` is TypeScript's word, such as `method`. */
  kinds: { text: string; type: string }[];
  /** What of past runs could stand there too. */
  past?: PastName | undefined;
  /** UTF-16 offsets of the text that a match replaces. */
  start: number;
  end: number;
}

/** What is known about the name at a place; `text` for a plain reader, `markdown` for one that renders. */
export interface Inspection {
  found: boolean;
  text: string;
  markdown: string;
  /** What of past runs stands there instead. */
  past?: PastName;
}

export interface Completeness {
  status: 'complete' | 'incomplete' | 'invalid';
  /** What to indent the next line with; only when incomplete. */
  indent: string;
}

/** The operations of the language thread: what each takes and gives. All offsets are UTF-16. */
export interface Operations {
  compile: { arg: { id: string; source: string }; value: Compiled };
  /** The cell has run; `unreached` names have no value, because it threw before them. */
  commit: { arg: { id: string; unreached?: string[] }; value: void };
  /** The variables are gone: forget every cell. */
  reset: { arg: void; value: void };
  /** What a thread before this one knew: cells in the order in which they ran, and the notebook looked at last. */
  restore: { arg: { cells: CommittedCell[]; notebook?: object | undefined }; value: void };
  /** Order, sources and roles of the document's cells. */
  document: { arg: { cells: DocumentCell[] }; value: void };
  complete: { arg: { code: string; offset: number; id?: string }; value: Completion };
  inspect: { arg: { code: string; offset: number; detail?: number; id?: string }; value: Inspection };
  isComplete: { arg: { code: string }; value: Completeness };
  analyse: { arg: { notebook: object; path?: string }; value: Pipeline };
}

export type Operation = keyof Operations;

export interface Request<Op extends Operation = Operation> {
  n: number;
  op: Op;
  arg: Operations[Op]['arg'];
}

export type Reply = { n: number; value: unknown } | { n: number; error: string };

/** Posted once, when the compiler is loaded and warm. */
export interface Ready {
  ready: true;
  /** Milliseconds: loading the compiler, and compiling a first cell. */
  load: number;
  warm: number;
}

/** One notebook to be analysed, and nothing else. */
export interface AnalysisRequest {
  notebook: string;
  directory: string;
  /** File name of the notebook. */
  name: string;
}

export type AnalysisReply =
  /** With what it rests on, if that can be told. */
  | { pipeline: Pipeline; observations?: Observations }
  | { error: { name: string; message: string; stack?: string } };

/** The first message to a process that was started from a snapshot: what it is for. */
export type SnapshotTask = { analysis: AnalysisRequest } | { session: { directory: string } };
