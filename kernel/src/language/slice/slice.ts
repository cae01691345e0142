import MagicString, { Bundle } from 'magic-string';
import type { VariableId } from '@tagflow/schema';
import type { Unit } from '../facts.js';
import { isLocal } from './modules.js';
import { namesOf, type Names } from './names.js';
import { transpile } from '../emit/transpile.js';

/** What a program consists of. */
export interface Slice {
  /** Source of a cell. */
  sourceOf(cell: string): string;
  /** Loaded before anything runs. */
  parameters: VariableId[];
  /** What travels, and setup, in notebook order. */
  units: Unit[];
  inputs: VariableId[];
  /** The statements of the step itself, in notebook order. */
  own: Unit[];
  outputs: VariableId[];
  /** Variables of `units` whose values may not change. */
  guarded: VariableId[];
}

/**
 * Writes a program: one flat TypeScript module, `export default async ($x) => { … }`, with an inline source map whose
 * sources are `cell:ID`. Everything is evaluated once, in notebook order: parameters, what travels and setup, inputs,
 * the step's own statements; then the outputs are handed over.
 */
export function emitProgram(slice: Slice): string {
  return new ProgramWriter(slice).write();
}

class ProgramWriter {
  private readonly bundle = new Bundle({ separator: '\n' });
  private readonly names: Names;
  /** What has declared a name so far, where more may be merged with it. */
  private readonly declared = new Map<VariableId, string[]>();
  private imports = 0;

  constructor(private readonly slice: Slice) {
    this.names = namesOf(slice);
  }

  write(): string {
    const { parameters, units, inputs, own, outputs, guarded } = this.slice;
    this.line('export default async ($x) => {');
    if (this.names.renamesValues) this.line(NAMED);
    this.writeInputs(parameters);
    this.writeUnits(units);
    for (const variable of guarded) this.writeGuard(variable);
    this.writeInputs(inputs);
    this.writeUnits(own);
    const kept = outputs.map((variable) => `${JSON.stringify(variable)}: () => ${this.names.of(variable)}`);
    this.line(`await $x.finish({ ${kept.join(', ')} });`);
    this.line('};');
    const map = this.bundle.generateMap({ hires: 'boundary', includeContent: false });
    return `${this.bundle.toString()}\n//# sourceMappingURL=${map.toUrl()}\n`;
  }

  private line(text: string): void {
    this.bundle.addSource({ content: new MagicString(text) });
  }

  private writeInputs(inputs: VariableId[]): void {
    for (const variable of inputs) {
      this.line(`let ${this.names.of(variable)} = $x.input(${JSON.stringify(variable)});`);
      this.writeGuard(variable);
    }
  }

  /** The value that the name has now is watched, whatever the name is given later. */
  private writeGuard(variable: VariableId): void {
    this.line(`$x.guard(${JSON.stringify(nameIn(variable))}, () => ${this.names.of(variable)});`);
  }

  /** The imports of a cell come first, as in any module. */
  private writeUnits(units: Unit[]): void {
    for (const cell of byCell(units)) {
      this.writeImports(cell.filter(({ kind }) => kind === 'import'));
      for (const unit of cell) if (unit.kind !== 'import') this.writeUnit(unit);
    }
  }

  private writeImports(units: Unit[]): void {
    const modules = new Map<string, string>();
    for (const unit of units) {
      const { specifier, name, require } = unit.import!;
      const key = `${require} ${specifier}`;
      let module = modules.get(key);
      if (module === undefined) {
        module = `$i${this.imports++}`;
        modules.set(key, module);
        this.line(`const ${module} = ${loading(specifier, require)};`);
      }
      for (const declared of unit.declares) {
        const value = name === '*' ? module : `${module}[${JSON.stringify(name)}]`;
        this.line(`const ${this.names.of(`${unit.cell}#${declared.name}`)} = ${value};`);
      }
    }
  }

  private writeUnit(unit: Unit): void {
    const content = new MagicString(this.slice.sourceOf(unit.cell));
    this.rename(unit, content);
    for (const { start, end, specifier, written } of unit.dynamicImports) {
      if (!specifier || !isLocal(specifier)) content.overwrite(start, end, '$x.import');
      if (written) content.overwrite(written.start, written.end, JSON.stringify(specifier));
    }
    // Types that they hold vanish with them.
    for (const { start, end } of unit.angles ?? []) content.overwrite(start, end, ' ');
    for (const { start, end, text } of unit.replaced ?? []) content.overwrite(start, end, text);
    const text = content.snip(unit.start, unit.end);
    const merged = this.mergedWith(unit, text);
    text.prepend(unit.before).append(`${unit.after};`);
    // TypeScript allows no namespace inside a function: it is written as the function that it stands for.
    const isLowered = unit.kind === 'namespace' || unit.decorated;
    this.bundle.addSource({
      filename: `cell:${unit.cell}`,
      content: isLowered ? this.inPlace(unit, transpile(text.toString(), {}, true, merged).code) : text,
    });
    for (const { name } of unit.declares) this.writeDeclared(unit, name);
  }

  /** Code in the unit's place, each line where the line of that number is. */
  private inPlace({ cell, start, end }: Unit, code: string): MagicString {
    const source = this.slice.sourceOf(cell);
    const content = new MagicString(source).snip(start, end);
    const lines = code.split('\n');
    let at = start;
    for (const [index, line] of source.slice(start, end).split('\n').entries()) {
      const isLast = at + line.length === end;
      const text = isLast ? lines.slice(index).join('\n') : (lines[index] ?? '');
      if (line) content.overwrite(at, at + line.length, text);
      else content.appendLeft(at, text);
      at += line.length + 1;
    }
    return content;
  }

  /** @returns what the unit is one with: declarations above it that have its name */
  private mergedWith({ kind, cell, declares }: Unit, text: MagicString): string[] {
    const [declared] = declares;
    if (!declared || !MERGEABLE.has(kind)) return [];
    const variable: VariableId = `${cell}#${declared.name}`;
    const above = this.declared.get(variable) ?? [];
    this.declared.set(variable, [...above, text.toString()]);
    return above;
  }

  /** A renamed function keeps its name; a class is made known, so that its instances can be made again. */
  private writeDeclared(unit: Unit, name: string): void {
    const local = this.names.of(`${unit.cell}#${name}`);
    const mayBeFunction = !unit.literal && !unit.mutable && !/^(let|var) /.test(unit.before);
    if (local !== name && mayBeFunction) {
      this.line(`$named(${local}, ${JSON.stringify(local)}, ${JSON.stringify(name)});`);
    }
    if (unit.digest)
      this.line(`$x.class(${JSON.stringify(name)}, ${JSON.stringify(unit.digest)}, ${local});`);
  }

  private rename(unit: Unit, content: MagicString): void {
    for (const { name, start, end, shorthand } of unit.declares) {
      const local = this.names.of(`${unit.cell}#${name}`);
      if (local !== name) content.overwrite(start, end, shorthand ? `${keyOf(name)}: ${local}` : local);
    }
    const declared = new Set(unit.declares.map(({ start }) => start));
    for (const { name, variable, start, end, shorthand } of unit.uses) {
      if (variable === undefined || declared.has(start)) continue;
      const local = this.names.of(variable);
      if (local !== name) content.overwrite(start, end, shorthand ? `${keyOf(name)}: ${local}` : local);
    }
  }
}

const MERGEABLE: ReadonlySet<Unit['kind']> = new Set(['function', 'class', 'enum', 'namespace']);

const NAMED =
  'const $named = (value, from, to) => { ' +
  "if (typeof value === 'function' && value.name === from) " +
  "Object.defineProperty(value, 'name', { value: to, configurable: true }); };";

function loading(specifier: string, require: boolean): string {
  const text = JSON.stringify(specifier);
  if (isLocal(specifier)) return require ? `require(${text})` : `await import(${text})`;
  return require ? `$x.require(${text})` : `await $x.import(${text})`;
}

function nameIn(variable: VariableId): string {
  return variable.slice(variable.lastIndexOf('#') + 1);
}

/** `{ __proto__: value }` would set the prototype. */
function keyOf(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : name;
}

/** The units of each cell, in the order of the cells. */
export function byCell(units: Unit[]): Unit[][] {
  const cells = new Map<string, Unit[]>();
  for (const unit of units) {
    const cell = cells.get(unit.cell);
    if (cell) cell.push(unit);
    else cells.set(unit.cell, [unit]);
  }
  return [...cells.values()];
}
