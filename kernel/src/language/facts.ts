/**
 * What the cells of a notebook say, as plain data: which units they consist of, what each declares, uses and changes.
 * Nothing here belongs to the compiler: the pipeline is built of these facts, whoever has found them. Offsets are UTF-16,
 * in the cell.
 */
import type { Diagnostic, JsonSchema, TypeText, VariableId } from '@tagflow/schema';
import type { DeclarationKind } from './declaration.js';

export type { DeclarationKind } from './declaration.js';

/** Whoever can say what cells say: the compiler. */
export interface FactsSource {
  /** What is wrong with the options that the notebook's folder gives, in the compiler's words. */
  readonly problems: readonly string[];
  /** What each cell says, in notebook order. Ids must be distinct. */
  analyse(cells: readonly DocumentCell[]): CellFacts[];
}

/** A cell to be looked at. */
export interface DocumentCell {
  id: string;
  source: string;
  /** Its constants are parameters: elsewhere they have their widened type. */
  parameters: boolean;
  /** Whether the types of its variables are asked for. */
  typed: boolean;
}

export interface CellFacts {
  id: string;
  source: string;
  units: Unit[];
  /** Names with a value that the cell declares at its top level. */
  variables: Variable[];
  /** The compiler's. */
  diagnostics: Diagnostic[];
}

export interface Span {
  start: number;
  end: number;
}

/** What a program takes or leaves as a whole: a statement, one declarator, one specifier of an import. */
export interface Unit extends Span {
  cell: string;
  kind: UnitKind;
  /** What stands before the text in a program, `const ` for a declarator, and after it. */
  before: string;
  after: string;
  /** It has decorators: a program gets what the compiler makes of them, as a cell does. Bundlers order them otherwise. */
  decorated?: true;
  /** Digest of what the code says, whatever its types, comments and layout; empty for an import. */
  normal: string;
  declares: Declared[];
  /** Evaluated uses of top-level names and globals, in order. */
  uses: Use[];
  import?: UnitImport;
  /**
   * Set when the unit is a declaration that can travel: the names that must travel with it. Absent when it has to be
   * evaluated where it stands.
   */
  travels?: VariableId[];
  /** Of such: the names whose text or number it takes; it can travel if their values are primitives. */
  texts?: VariableId[];
  /** Of such: set when its value is a primitive, if those of these names are. */
  primitive?: VariableId[];
  /** An array or object literal without functions and without `as const`: in a step it is a value. */
  data: boolean;
  /** Evaluates to an object or array that could be changed in place. */
  mutable: boolean;
  /** The declarator's value when it is a JSON literal. */
  literal?: { value: unknown };
  /** For a function: what it does to its parameters, by position; null where nothing can be said. */
  parameters?: (ParameterUse | null)[];
  /** Why a class does not travel, where its form says so. */
  stays?: string;
  /** For a class: digest of its declaration, whatever its types, comments and layout. */
  digest?: string;
  /** `other` holds the value of `variable`, or a part of it, after this unit. */
  aliases: { variable: VariableId; other: VariableId }[];
  dynamicImports: DynamicImport[];
  /** The statement is `await foreach(…)`, alone or as the value of what it declares. */
  foreach?: ForeachCall;
  /** The statement is an `if`. */
  branches?: Branches;
  /** `let` without a value or with a literal one. */
  initial?: boolean;
  /** A function that may look at its second argument. */
  indexed?: boolean;
  /** What a program has in the place of parts of the text. */
  replaced?: (Span & { text: string })[];
  /** Types in angle brackets, which a program, where there may be JSX, has not. */
  angles?: Span[];
  /** There is JSX in it: it calls functions that nobody imported. */
  jsx?: true;
  /** Promises that the statement starts and does not await. */
  promises: Span[];
  place: PlaceFacts;
}

export type UnitKind =
  'import' | 'declarator' | 'function' | 'class' | 'enum' | 'namespace' | 'statement' | 'type-alias';

export interface Declared extends Span {
  name: string;
  /** The name stands alone in an object pattern: `{ name } = …`. */
  shorthand: boolean;
}

export interface Use extends Span {
  name: string;
  /** Absent for a global. */
  variable?: VariableId;
  /** The name stands alone in an object literal or pattern: `{ name }`. */
  shorthand: boolean;
  write: boolean;
  /** Happens when a function is called, and not when the unit is evaluated. */
  nested: boolean;
  /** The code that changes the value in place: `rows.push(2)`. */
  change?: string;
  /** Calls of the notebook's functions that are given the value. */
  passes?: ValuePass[];
  /** The code that may change the state of what was imported: `dayjs.extend(utc)`. */
  configures?: string;
  /** Text is made of the value: `String(f)`. */
  asText?: true;
}

/** A value is handed to a function as parameter number `index`. */
export interface ValuePass {
  function: VariableId;
  index: number;
  /** The code of the call. */
  call: string;
}

/** What a function does to what it is given as one parameter. */
export interface ParameterUse {
  changes: boolean;
  passes: ValuePass[];
}

export interface UnitImport {
  specifier: string;
  /** `default`, `*`, or the exported name; absent for a bare `import "x"`. */
  name?: string;
  /** `import x = require("x")`. */
  require: boolean;
}

/** A part of a statement that a program may have as a statement of its own. */
export interface Piece extends Span {
  /** As in `Unit`. */
  normal: string;
}

/** `await callee(items, body, options)`; whether it is Tagflow's `foreach` is seen from what `callee` is bound to. */
export interface ForeachCall extends Span {
  /** The called name; with `property` when that is a member of it: `tagflow.foreach`. */
  callee: VariableId;
  property?: string;
  items: Piece;
  /** The variable that `items` is, if it is one. */
  itemsOf?: VariableId;
  body: Piece;
  options?: Piece;
  /** The function that the body names; absent when it is written there. */
  bodyOf?: VariableId;
  /** The body is a function that is written there. */
  inline: boolean;
  /** An inline body may look at the index. */
  indexed: boolean;
  /** `normal` of what takes the results, if anything does. */
  takes: string;
  /** Code of an inline body that changes its item in place. */
  itemChanges: (Span & { change: string })[];
  /** Such calls as whole statements at the top of an inline body. */
  nested: NestedCall[];
}

/** A `foreach` in the body of another, which can be spread too. */
export interface NestedCall {
  callee: VariableId;
  property?: string;
  /** From the called name up to its first argument. */
  head: Span;
  body: Piece;
  bodyOf?: VariableId;
  inline: boolean;
  indexed: boolean;
  /** Local names of the functions around it that its body uses. */
  captures: string[];
  nested: NestedCall[];
}

/** `if (conditions[0]) branches[0] else if (conditions[1]) branches[1] else branches[2]` */
export interface Branches {
  conditions: Piece[];
  branches: Piece[];
}

/** The module that an imported name comes from. */
export interface ImportFact {
  specifier: string;
  /** `default`, `*` or the exported name. */
  name: string;
}

export interface DynamicImport extends Span {
  /** Absent when it is computed. The span is that of the word `import`. */
  specifier?: string;
  /** Where the code says something else than this specifier. */
  written?: Span;
}

/** A local file that asks where it is. */
export interface PlacedFile {
  /** Relative to the notebook. */
  path: string;
  line: number;
  /** How it asks: `import.meta.url`. */
  text: string;
}

/** What of a unit depends on the place where it runs. */
export interface PlaceFacts {
  /** Literal relative paths handed to node:fs. */
  paths: (Span & { path: string; call: string })[];
  environment: (Span & { variable: string })[];
  /** Environment variables that are set. */
  assigned: string[];
  /** Imports that load local files which ask where they are; the span is that of the specifier. */
  placed: (Span & { files: PlacedFile[] })[];
  /** Literal paths declared with `file("…")`. */
  files: string[];
  /** Visible uses of clock, randomness, network and what the process was started with: `Math.random()`. */
  impure: string[];
}

export interface Variable {
  id: VariableId;
  name: string;
  cell: string;
  kind: DeclarationKind;
  /** Where asked for. */
  type?: ValueType;
}

export interface ValueType {
  text: TypeText;
  /** Absent where the type has no JSON form. */
  schema?: JsonSchema;
  /** The first thing in the value that cannot be kept. */
  obstacle?: Obstacle;
  /** Classes of the notebook of which the value may hold instances, and where. */
  classes: { variable: VariableId; path: string }[];
}

export interface Obstacle {
  /** `model.predict`: the variable's name and the way into it. */
  path: string;
  kind: 'function' | 'symbol' | 'promise' | 'weak' | 'iterator' | 'instance' | 'private';
  /** Name of the class, for `instance` and `private`. */
  className?: string;
  /** The type has other parts, which can be kept. */
  maybe?: true;
}

export function variableId(cell: string, name: string): VariableId {
  return `${cell}#${name}`;
}
