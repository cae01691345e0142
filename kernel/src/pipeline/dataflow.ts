import type { CellSettings, VariableId } from '@tagflow/schema';
import { variableId } from '../language/facts.js';
import type { Code, CodeCell, PlacedUnit, Site } from './code.js';
import { type Reach, Reaching } from './reach.js';
import { type Cut, cutSegments } from './segments.js';
import { mergeSettings } from './settings.js';

/** A step: its cells, its segments, and which values flow in and out. */
export interface StepFlow {
  name: string;
  cells: CodeCell[];
  settings: CellSettings;
  /** In the order in which they run; one unless the step holds a loop or a condition. */
  segments: Segment[];
  /** Consumed variables with the step that makes the version meant; parameters have none. */
  inputs: Map<VariableId, string | undefined>;
  /** Variables of which it makes a version. */
  outputs: VariableId[];
  /** Outputs that its own later segments take. */
  between: Set<VariableId>;
  /** Classes of which its values may hold instances. */
  classes: Set<VariableId>;
}

/** A piece of a step with a program of its own. It obeys a step's rules. */
export interface Segment extends Cut {
  step: StepFlow;
  /** What its program takes from elsewhere, in notebook order: what travels, and setup. */
  taken: PlacedUnit[];
  reach: Reach;
  /** Consumed variables with who makes the version meant; parameters have none. */
  inputs: Map<VariableId, StepFlow | undefined>;
  /** Read, but made by nothing before. */
  unmade: Map<VariableId, Site>;
  outputs: VariableId[];
}

/** What a cell outside every step does to a variable, although steps may read it below. */
export interface Disturbance {
  variable: VariableId;
  site: Site;
  /** The unit whose evaluation does it. */
  unit: PlacedUnit;
}

export interface Flow {
  steps: StepFlow[];
  /** Variables with the steps that consume the version of a step: key `step variable`. */
  consumers: Map<string, string[]>;
  disturbances: Disturbance[];
}

/** Follows values through the steps in notebook order: each step sees the version at its place. */
export function dataflow(code: Code, defaults: CellSettings = {}): Flow {
  const versions = new Map<VariableId, StepFlow>();
  const notebook: NotebookParts = {
    code,
    versions,
    defaults,
    bareImports: code.units.filter((unit) => unit.kind === 'import' && !unit.declares.length),
    setups: code.cells.filter((cell) => cell.role === 'setup' && cell.units.length > 0),
  };
  const steps: StepFlow[] = [];
  const consumers = new Map<string, string[]>();
  for (const [name, cells] of stepCells(code)) {
    const step = stepFlow(name, cells, notebook);
    for (const [variable, from] of step.inputs) {
      if (from === undefined) continue;
      const key = versionKey(from, variable);
      consumers.set(key, [...(consumers.get(key) ?? []), name]);
    }
    for (const output of step.outputs) versions.set(output, step);
    steps.push(step);
  }
  return { steps, consumers, disturbances: disturbances(code) };
}

interface NotebookParts {
  code: Code;
  /** The step that makes the version of each variable at the place in the notebook that was reached. */
  versions: Map<VariableId, StepFlow>;
  defaults: CellSettings;
  bareImports: PlacedUnit[];
  setups: CodeCell[];
}

export function segmentsOf({ steps }: Flow): Segment[] {
  return steps.flatMap(({ segments }) => segments);
}

/** Everything that a step's programs consist of; what several of them take occurs several times. */
export function unitsOf({ segments }: StepFlow): PlacedUnit[] {
  return segments.flatMap(({ taken, own }) => [...taken, ...own]);
}

export function versionKey(step: string, variable: VariableId): string {
  return `${step} ${variable}`;
}

function stepCells(code: Code): Map<string, CodeCell[]> {
  const steps = new Map<string, CodeCell[]>();
  for (const cell of code.cells) {
    if (cell.step === undefined) continue;
    const cells = steps.get(cell.step);
    if (cells) cells.push(cell);
    else steps.set(cell.step, [cell]);
  }
  return steps;
}

function stepFlow(name: string, cells: CodeCell[], notebook: NotebookParts): StepFlow {
  const { code, defaults } = notebook;
  const step: StepFlow = {
    name,
    cells,
    settings: mergeSettings([...cells.map(({ settings }) => settings), defaults]),
    segments: [],
    inputs: new Map(),
    outputs: [],
    between: new Set(),
    classes: new Set(),
  };
  const own = cells.flatMap((cell) => cell.units).filter((unit) => !isDeclaration(unit, code));
  const cuts = cutSegments(own, code);
  // What the step has made so far, over what steps before it have.
  const versions = cuts.length > 1 ? new Map(notebook.versions) : notebook.versions;
  for (const cut of cuts) {
    const segment = segmentFlow(cut, step, { ...notebook, versions });
    step.segments.push(segment);
    // Of several branches one runs: none sees what another makes.
    if (cut.kind !== 'branch') for (const output of segment.outputs) versions.set(output, step);
  }
  joinSegments(step);
  return step;
}

function segmentFlow(cut: Cut, step: StepFlow, notebook: NotebookParts): Segment {
  const { code, versions } = notebook;
  const { rank } = step.cells.at(-1)!;
  const reach = new Reaching(code, cut.own);
  addImports(reach, notebook.bareImports, rank);
  takeClasses(reach, code, versions, isOfLoop(cut) ? step : undefined);
  addSetup(reach, code, notebook.setups, rank);
  const segment: Segment = {
    ...cut,
    step,
    taken: [...reach.units].sort((a, b) => a.order - b.order),
    reach,
    inputs: new Map(),
    unmade: new Map(),
    outputs: [],
  };
  resolveInputs(segment, code, versions);
  segment.outputs = outputsOf(segment, code);
  for (const made of reach.classes) step.classes.add(made);
  return segment;
}

/** Whether values come into a segment that no variable holds: items, or what a body returned. */
function isOfLoop({ kind, collects }: Cut): boolean {
  return kind === 'body' || kind === 'nested' || collects;
}

/** What flows into and out of the step as a whole, and what stays between its segments. */
function joinSegments(step: StepFlow): void {
  const outputs = new Set<VariableId>();
  for (const { inputs, outputs: made, kind } of step.segments) {
    for (const [variable, maker] of inputs) {
      if (maker === step) step.between.add(variable);
      else step.inputs.set(variable, maker?.name);
      // A branch that does not run leaves what was there, with instances of whatever classes that has.
      if (kind === 'branch' && maker) for (const each of maker.classes) step.classes.add(each);
    }
    for (const variable of made) outputs.add(variable);
  }
  step.outputs = [...outputs];
}

/** Whether a unit is only taken where it is used: an import with a name, or a declaration that travels. */
function isDeclaration({ cell, kind, declares }: PlacedUnit, code: Code): boolean {
  if (kind === 'import') return true;
  return declares.length > 0 && declares.every(({ name }) => code.travels.has(variableId(cell, name)));
}

/** `import "x"` goes along with every step below. */
function addImports(reach: Reaching, imports: PlacedUnit[], rank: number): void {
  for (const unit of imports) if (unit.home.rank <= rank && unit.home.role !== 'skip') reach.addUnit(unit);
}

/**
 * A value may hold instances of any class that the programs which made it could reach, whether or not this step names
 * it. Taking a class may need further values.
 *
 * @param before the step itself where items or results come from its earlier segments
 */
function takeClasses(
  reach: Reaching,
  code: Code,
  versions: ReadonlyMap<VariableId, StepFlow>,
  before: StepFlow | undefined,
): void {
  const seen = new Set<StepFlow>();
  const take = (maker: StepFlow | undefined): void => {
    if (!maker || seen.has(maker)) return;
    seen.add(maker);
    for (const made of maker.classes) {
      if (code.travels.has(made)) code.variables.get(made)?.units.forEach((unit) => reach.addUnit(unit));
    }
  };
  take(before);
  for (const variable of reach.reads.keys()) take(versions.get(variable));
}

/** Setup that is there for its effect: it declares nothing, or does something to what the program takes. */
function addSetup(reach: Reaching, code: Code, setups: CodeCell[], rank: number): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const cell of setups) {
      if (cell.rank > rank || reach.units.has(cell.units[0]!) || !hasEffectOn(cell, reach, code)) continue;
      reach.addSetup(cell);
      changed = true;
    }
  }
}

function hasEffectOn(cell: CodeCell, reach: Reach, code: Code): boolean {
  if (cell.units.every((unit) => !unit.declares.length)) return true;
  return (
    cell.units.some((unit) => unit.place.assigned.length > 0 || changesGlobal(unit)) ||
    cell.units.some((unit) =>
      unit.uses.some((use) => {
        const acts = use.write || use.change !== undefined || use.configures !== undefined;
        const variable = acts && use.variable !== undefined ? code.variables.get(use.variable) : undefined;
        return variable?.units.some((other) => reach.units.has(other)) ?? false;
      }),
    )
  );
}

function changesGlobal({ uses }: PlacedUnit): boolean {
  return uses.some((use) => use.variable === undefined && use.change !== undefined && !use.nested);
}

function resolveInputs(segment: Segment, code: Code, versions: ReadonlyMap<VariableId, StepFlow>): void {
  const { reads, writes } = segment.reach;
  for (const [variable, site] of [...reads, ...writes].sort(
    ([a], [b]) => positionOf(a, code) - positionOf(b, code),
  )) {
    const home = code.variables.get(variable)?.home;
    if (segment.inputs.has(variable) || (home?.role !== 'step' && home?.role !== 'parameters')) continue;
    // What setup needs of a step is no input; it is refused.
    if (home.role === 'step' && site.unit.home.role === 'setup') continue;
    const maker = versions.get(variable);
    if (maker) segment.inputs.set(variable, maker);
    else if (home.role === 'parameters') segment.inputs.set(variable, undefined);
    else segment.unmade.set(variable, site);
  }
}

function positionOf(variable: VariableId, code: Code): number {
  return code.variables.get(variable)?.units[0]?.order ?? -1;
}

/** Its own values, and the names of other steps that it may assign. */
function outputsOf({ kind, own, reach, inputs }: Segment, code: Code): VariableId[] {
  const outputs = new Set<VariableId>();
  // What a body may not assign is refused; its result goes its own way.
  if (kind === 'body' || kind === 'nested') return [];
  for (const unit of own) {
    for (const { name } of unit.declares) {
      const variable = code.variables.get(variableId(unit.cell, name));
      if (variable && /^(const|let|var)$/.test(variable.kind)) outputs.add(variable.id);
    }
  }
  for (const variable of reach.writes.keys()) if (inputs.get(variable) !== undefined) outputs.add(variable);
  return [...outputs];
}

/** What untagged and skipped cells do to variables when the notebook is run, and no pipeline does. */
function disturbances(code: Code): Disturbance[] {
  const found: Disturbance[] = [];
  for (const cell of code.cells) {
    if (cell.role !== 'none' && cell.role !== 'skip') continue;
    for (const unit of cell.units) {
      if (unit.kind === 'import' || isDeclaration(unit, code)) continue;
      const { writes, changes } = new Reaching(code, [unit]);
      for (const [variable, site] of writes) found.push({ variable, site, unit });
      for (const { variable, site } of changes) found.push({ variable, site, unit });
    }
  }
  return found;
}
