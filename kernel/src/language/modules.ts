import type { CellBinding } from './binding.js';
import type { Host } from './host.js';
import type { Linked } from './link.js';
import { parseModule } from './parse.js';
import { summarize, type Summary } from './summary.js';
import ts from './typescript.js';

/** A state of a cell as a module that the compiler sees. */
export interface CellModule {
  fileName: string;
  sourceFile: ts.SourceFile;
  /** How other cells import it: `./cell-ID`, or `./cell-ID~2` where cells keep to an earlier state. */
  specifier: string;
  /** Specifiers of the cells that it imports. */
  uses: readonly string[];
  /** Stands for it where other cells import it, as long as what it uses stays the same. */
  summary?: Summary | undefined;
  /** Whether it adds to globals or to other modules, so that it counts without being imported. */
  augments: boolean;
}

/**
 * What the specifiers of cells mean at present. A cell that is run again takes the place of its former state, so that
 * cells which use it follow. Only a cell that uses its own former state, through others, cannot: the new state gets a
 * name of its own, and those others keep to the former one.
 */
export class Modules {
  private readonly current = new Map<string, CellModule>();
  private readonly fingerprints = new Map<string, number>();
  /** Fingerprints at present; entering a module may change those of others. */
  private readonly known = new Map<CellModule, number>();

  constructor(
    private readonly host: Host,
    private readonly directory: string,
  ) {}

  /**
   * A new state of a cell; it means something to others once it is entered.
   * @param source what the compiler is to see of the cell, at the length of its text
   */
  create(
    id: string,
    binding: CellBinding,
    linked: Linked,
    source: string = binding.sourceFile.text,
  ): CellModule {
    const uses = [...linked.specifiers];
    const specifier = this.freeSpecifier(`./cell-${encodeURIComponent(id)}`, uses);
    const extension = binding.sourceFile.fileName.endsWith('x') ? '.tsx' : '.ts';
    const fileName = `${this.directory}/${specifier.slice(2)}${extension}`;
    const text = linked.prefix + source + linked.suffix;
    const known = this.current.get(specifier);
    if (known?.fileName === fileName && known.sourceFile.text === text) return known;
    return {
      fileName,
      specifier,
      uses,
      augments: augments(binding),
      sourceFile: parseModule(fileName, text),
    };
  }

  /** From now on the module is what its specifier means. */
  enter(module: CellModule): void {
    this.current.set(module.specifier, module);
    this.known.clear();
    this.host.virtual.set(module.fileName, module.sourceFile);
    this.point();
  }

  /** Writes out the types of a module, with the program in which it was checked. */
  summarize(module: CellModule, program: ts.Program): void {
    if (this.current.get(module.specifier) !== module || module.summary) return;
    module.summary = summarize(module.sourceFile, program, this.fingerprint(module));
    if (module.summary) this.host.virtual.set(module.summary.fileName, module.summary.sourceFile);
    this.point();
  }

  /** The file that stands for a module. */
  fileOf(module: CellModule): string {
    return this.host.cells.get(module.specifier) ?? module.fileName;
  }

  /** Does something with the cells as they were written, for questions about their expressions. */
  withoutSummaries<T>(action: () => T): T {
    for (const { specifier, fileName } of this.current.values()) this.host.cells.set(specifier, fileName);
    try {
      return action();
    } finally {
      this.point();
    }
  }

  private point(): void {
    for (const module of this.current.values()) {
      const { summary, fileName, specifier } = module;
      const isValid = summary?.fingerprint === this.fingerprint(module);
      this.host.cells.set(specifier, summary && isValid ? summary.fileName : fileName);
    }
  }

  /** Does something while a module that is not entered can be read. */
  during<T>({ fileName, sourceFile }: CellModule, action: () => T): T {
    const { virtual } = this.host;
    const entered = virtual.get(fileName);
    virtual.set(fileName, sourceFile);
    try {
      return action();
    } finally {
      if (entered) virtual.set(fileName, entered);
      else virtual.delete(fileName);
    }
  }

  /** A number that stands for the text of a module and of all that it uses. */
  fingerprint(module: CellModule): number {
    const known = this.known.get(module);
    if (known !== undefined) return known;
    this.known.set(module, -1); // should two modules ever use each other
    const uses = module.uses.map((specifier) => {
      const used = this.current.get(specifier);
      return used ? this.fingerprint(used) : -1;
    });
    const identity = JSON.stringify([module.fileName, module.sourceFile.text, uses]);
    const number = this.fingerprints.get(identity) ?? this.fingerprints.size;
    this.fingerprints.set(identity, number);
    this.known.set(module, number);
    return number;
  }

  /** The first name for a state that nothing it uses goes by already. */
  private freeSpecifier(base: string, uses: readonly string[]): string {
    const taken = new Set<string>();
    const visit = (specifier: string): void => {
      if (taken.has(specifier)) return;
      taken.add(specifier);
      this.current.get(specifier)?.uses.forEach(visit);
    };
    uses.forEach(visit);
    if (!taken.has(base)) return base;
    for (let state = 2; ; state++) {
      if (!taken.has(`${base}~${state}`)) return `${base}~${state}`;
    }
  }
}

/** `declare global { … }`, `declare module "…" { … }` */
function augments({ sourceFile }: CellBinding): boolean {
  return sourceFile.statements.some(
    (statement) =>
      ts.isModuleDeclaration(statement) &&
      (ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0),
  );
}
