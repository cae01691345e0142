import type { VariableId } from '@tagflow/schema';
import { variableId } from '../language/facts.js';
import { rootsOf } from './aliases.js';
import type { Code, CodeCell, NamedValue, PlacedUnit, Site } from './code.js';

/** What evaluating some statements needs, and what it does, through everything that they use. */
export interface Reach {
  /** What travels, and setup; without the statements themselves. */
  units: Set<PlacedUnit>;
  /** Values of elsewhere: made by a step or given as a parameter. */
  reads: Map<VariableId, Site>;
  /** Assignments to names of elsewhere. */
  writes: Map<VariableId, Site>;
  /** In-place changes of values of elsewhere. */
  changes: { variable: VariableId; site: Site }[];
  /** Uses of what no step makes: of cells without a role, and of skipped cells. */
  missing: Map<VariableId, Site>;
  /** Names of setup cells that other cells' code uses. */
  setup: Map<VariableId, Site>;
  /** Travelling classes, and those of the statements themselves. */
  classes: Set<VariableId>;
}

/** Follows what statements use. More can be added: what is found is the reach of all. */
export class Reaching implements Reach {
  readonly units = new Set<PlacedUnit>();
  readonly reads = new Map<VariableId, Site>();
  readonly writes = new Map<VariableId, Site>();
  readonly changes: { variable: VariableId; site: Site }[] = [];
  readonly missing = new Map<VariableId, Site>();
  readonly setup = new Map<VariableId, Site>();
  readonly classes = new Set<VariableId>();
  private readonly own: ReadonlySet<PlacedUnit>;
  private readonly declared = new Set<VariableId>();
  private readonly waiting: PlacedUnit[] = [];

  constructor(
    private readonly code: Code,
    own: readonly PlacedUnit[],
  ) {
    this.own = new Set(own);
    for (const unit of own)
      for (const { name } of unit.declares) this.declared.add(variableId(unit.cell, name));
    this.waiting.push(...own);
    this.follow();
  }

  /** Takes a unit along, with all that it uses. */
  addUnit(unit: PlacedUnit): void {
    this.enqueue(unit);
    this.follow();
  }

  addSetup(cell: CodeCell): void {
    for (const unit of cell.units) this.enqueue(unit);
    this.follow();
  }

  private enqueue(unit: PlacedUnit): void {
    if (this.own.has(unit) || this.units.has(unit)) return;
    this.units.add(unit);
    this.waiting.push(unit);
  }

  private follow(): void {
    for (let unit = this.waiting.pop(); unit; unit = this.waiting.pop()) {
      for (const { name } of unit.declares)
        this.addClass(this.code.variables.get(variableId(unit.cell, name)));
      for (const use of unit.uses) this.addUse({ unit, use });
    }
  }

  private addUse(site: Site): void {
    const { unit, use } = site;
    const variable = use.variable === undefined ? undefined : this.code.variables.get(use.variable);
    if (!variable) return;
    if (use.change !== undefined) this.addChange(variable, site);
    if (this.declared.has(variable.id)) return;
    if (use.write) remember(this.writes, variable.id, site);
    const { role } = variable.home;
    if (role === 'setup') {
      if (unit.home.role !== 'setup') remember(this.setup, variable.id, site);
      for (const other of variable.home.units) this.enqueue(other);
    } else if (this.code.travels.has(variable.id)) {
      for (const other of variable.units) this.enqueue(other);
    } else if (role === 'none' || role === 'skip') {
      remember(this.missing, variable.id, site);
    } else {
      remember(this.reads, variable.id, site);
    }
  }

  private addChange(variable: NamedValue, site: Site): void {
    for (const root of rootsOf(variable.id, this.code)) {
      if (!this.declared.has(root)) this.changes.push({ variable: root, site });
    }
  }

  private addClass(variable: NamedValue | undefined): void {
    if (variable?.units.some((unit) => unit.digest !== undefined)) this.classes.add(variable.id);
  }
}

function remember(sites: Map<VariableId, Site>, variable: VariableId, site: Site): void {
  if (!sites.has(variable)) sites.set(variable, site);
}
