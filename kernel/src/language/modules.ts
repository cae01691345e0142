import type { CellBinding } from './binding.js';
import type { Host } from './host.js';
import type { Linked } from './link.js';
import ts from './typescript.js';

/** A state of a cell as a module that the compiler sees. */
export interface CellModule {
  fileName: string;
  sourceFile: ts.SourceFile;
  /** How other cells import it: `./cell-ID`, or `./cell-ID~2` where cells keep to an earlier state. */
  specifier: string;
  /** Specifiers of the cells that it imports. */
  uses: readonly string[];
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

  constructor(
    private readonly host: Host,
    private readonly directory: string,
  ) {}

  /** A new state of a cell; it means something to others once it is entered. */
  create(id: string, binding: CellBinding, linked: Linked): CellModule {
    const uses = [...linked.specifiers];
    const specifier = this.freeSpecifier(`./cell-${encodeURIComponent(id)}`, uses);
    const extension = binding.sourceFile.fileName.endsWith('x') ? '.tsx' : '.ts';
    const fileName = `${this.directory}/${specifier.slice(2)}${extension}`;
    const text = linked.prefix + binding.sourceFile.text + linked.suffix;
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

  enter(module: CellModule): void {
    const { specifier, fileName, sourceFile } = module;
    this.current.set(specifier, module);
    this.host.cells.set(specifier, fileName);
    this.host.virtual.set(fileName, sourceFile);
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
    const seen = new Map<string, number>();
    const visit = ({ fileName, sourceFile, uses }: CellModule): number => {
      const parts = uses.map((specifier) => {
        const known = seen.get(specifier);
        if (known !== undefined) return known;
        const used = this.current.get(specifier);
        const number = used ? visit(used) : -1;
        seen.set(specifier, number);
        return number;
      });
      const identity = JSON.stringify([fileName, sourceFile.text, parts]);
      const number = this.fingerprints.get(identity) ?? this.fingerprints.size;
      this.fingerprints.set(identity, number);
      return number;
    };
    return visit(module);
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

function parseModule(fileName: string, text: string): ts.SourceFile {
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    setExternalModuleIndicator: (file) => {
      file.externalModuleIndicator ??= true;
    },
  };
  return ts.createSourceFile(fileName, text, options, true);
}
