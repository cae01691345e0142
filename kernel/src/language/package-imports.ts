import { isImportCall } from './module-syntax.js';
import ts from './typescript.js';

/** What a rewritten file imports in the place of packages. */
export interface PackageModules {
  /** The package that a specifier means in the file, if it means one. */
  packageOf(specifier: string, file: string): string | undefined;
  /** Name of the module whose `m` is the package's namespace; the names are those that the file takes from it. */
  moduleOf(specifier: string, names: readonly string[]): string;
  /** Name of the module whose `load(specifier)` stands for `import(specifier)` of a package. */
  runtime: string;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * A local file whose packages are imported when the program comes to it, and not before everything else: an import
 * statement takes the package from a module of its own. Every line stays where it is.
 *
 * @param code JavaScript
 * @throws Error for `export * from "package"`: what that exports cannot be told before it is imported
 */
export function withLatePackages(file: string, code: string, modules: PackageModules): string {
  return new PackageImports(file, code, modules).rewritten();
}

class PackageImports {
  private readonly sourceFile: ts.SourceFile;
  private readonly edits: Edit[] = [];
  /** What the file's own names are bound to, before its first statement. */
  private readonly bound: string[] = [];
  private readonly prefix: string;
  private count = 0;
  private loads = false;

  constructor(
    private readonly file: string,
    private readonly code: string,
    private readonly modules: PackageModules,
  ) {
    const { ESNext } = ts.ScriptTarget;
    this.sourceFile = ts.createSourceFile(file, code, ESNext, true, ts.ScriptKind.JSX);
    this.prefix = '$package';
    while (code.includes(this.prefix)) this.prefix += '_';
  }

  rewritten(): string {
    for (const statement of this.sourceFile.statements) {
      if (ts.isImportDeclaration(statement)) this.rewriteImport(statement);
      if (ts.isExportDeclaration(statement)) this.rewriteExport(statement);
    }
    this.rewriteCalls(this.sourceFile);
    let text = this.code;
    for (const { start, end, text: replaced } of this.edits.sort((a, b) => b.start - a.start)) {
      const lines = text.slice(start, end).replace(/[^\n]/g, '');
      text = text.slice(0, start) + replaced + lines + text.slice(end);
    }
    const runtime = this.loads
      ? `import { load as ${this.prefix} } from ${JSON.stringify(this.modules.runtime)}; `
      : '';
    const [shebang = ''] = /^#!.*/.exec(text) ?? [];
    return shebang.replace('#!', '//') + runtime + this.bound.join(' ') + text.slice(shebang.length);
  }

  private rewriteImport(node: ts.ImportDeclaration): void {
    const specifier = this.packageOf(node.moduleSpecifier);
    if (specifier === undefined) return;
    const { name, namedBindings } = node.importClause ?? {};
    const names: [exported: string, local: string][] = name ? [['default', name.text]] : [];
    if (namedBindings && ts.isNamedImports(namedBindings)) {
      names.push(
        ...namedBindings.elements.map((each): [string, string] => [
          (each.propertyName ?? each.name).text,
          each.name.text,
        ]),
      );
    }
    const all = namedBindings && ts.isNamespaceImport(namedBindings) ? namedBindings.name.text : undefined;
    this.replace(node, this.taken(specifier, names, all));
  }

  private rewriteExport(node: ts.ExportDeclaration): void {
    const specifier = node.moduleSpecifier && this.packageOf(node.moduleSpecifier);
    if (specifier === undefined) return;
    const { exportClause: clause } = node;
    if (!clause) {
      const name = JSON.stringify(specifier);
      throw new Error(
        `${this.file} exports everything of ${name}. Name what it exports: export { x } from ${name}.`,
      );
    }
    const own = (index: number) => `${this.prefix}_${this.count}_${index}`;
    if (ts.isNamespaceExport(clause)) {
      const exported = `export { ${own(0)} as ${clause.name.getText()} };`;
      return this.replace(node, `${this.taken(specifier, [], own(0))} ${exported}`);
    }
    const exported = clause.elements.map((each, index) => `${own(index)} as ${each.name.getText()}`);
    const names = clause.elements.map(
      (each, index) => [(each.propertyName ?? each.name).text, own(index)] as const,
    );
    this.replace(node, `export { ${exported.join(', ')} }; ${this.taken(specifier, names)}`);
  }

  /** The import that stands for one of a package, and what it binds. */
  private taken(
    specifier: string,
    names: (readonly [exported: string, local: string])[],
    all?: string,
  ): string {
    const exported = names.map(([name]) => name);
    const from = JSON.stringify(this.modules.moduleOf(specifier, exported));
    const module = `${this.prefix}${this.count++}`;
    if (all !== undefined) this.bound.push(`const ${all} = ${module};`);
    if (names.length > 0) {
      const pattern = names.map(([exported, local]) => `${JSON.stringify(exported)}: ${local}`);
      this.bound.push(`const { ${pattern.join(', ')} } = ${module};`);
    }
    return `import { m as ${module} } from ${from};`;
  }

  private rewriteCalls(node: ts.Node): void {
    const argument = isImportCall(node) ? node.arguments[0] : undefined;
    const specifier = argument && this.packageOf(argument);
    if (isImportCall(node) && argument && specifier !== undefined) {
      this.replace(node.expression, this.prefix);
      this.replace(argument, JSON.stringify(specifier));
      this.loads = true;
    }
    ts.forEachChild(node, (child) => this.rewriteCalls(child));
  }

  private packageOf(specifier: ts.Expression): string | undefined {
    return ts.isStringLiteralLike(specifier) ? this.modules.packageOf(specifier.text, this.file) : undefined;
  }

  private replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(this.sourceFile), end: node.end, text });
  }
}
