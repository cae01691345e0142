import type { CellBinding, CellImport } from '../binding.js';
import { Edits, type Shift } from './edits.js';
import { eraseTypes, isForCompilerOnly, isUsing, isWrapping } from './erase.js';
import type { Script } from '../messages.js';
import { mayBeLocal } from '../local-files.js';
import { normalDigest } from '../normal.js';
import { transpile } from './transpile.js';
import { unwrapped } from '../travel.js';
import ts from '../typescript.js';

const { SyntaxKind } = ts;

/**
 * Writes the script that runs when a cell runs (see `Script`). Other cells' names are read through their module objects
 * at every use, so that a later write is seen.
 * @param values names of other cells that the cell reads, and the cells
 * @param names what the cell's module object offers to others
 */
export function emitCell(
  binding: CellBinding,
  values: ReadonlyMap<string, string>,
  names: readonly string[],
  options: ts.CompilerOptions,
): Script {
  return new Emitter(binding, values, names, options).emit();
}

/** Classes at the cell's top level, with the digests that the pipeline knows them by. */
function declaredClasses({ statements }: ts.SourceFile): [name: string, digest: string][] {
  return statements.flatMap((node): [string, string][] => {
    if (ts.isClassDeclaration(node)) return node.name ? [[node.name.text, normalDigest(node)]] : [];
    if (!ts.isVariableStatement(node)) return [];
    return node.declarationList.declarations.flatMap(({ name, initializer }): [string, string][] => {
      const value = initializer && unwrapped(initializer);
      if (!value || !ts.isClassExpression(value) || !ts.isIdentifier(name)) return [];
      return [[name.text, normalDigest(value)]];
    });
  });
}

class Emitter {
  private readonly sourceFile: ts.SourceFile;
  private readonly edits: Edits;
  private readonly modules: string[] = [];
  private readonly jsxImports = new Set<string>();
  private imported = 0;
  /** The names of the function's parameters, unless the cell uses them itself. */
  private readonly kernel: string;
  private readonly self: string;
  private readonly module: string;
  /** The last statement, if its value is the cell's result. */
  private readonly resultStatement: ts.ExpressionStatement | undefined;

  constructor(
    private readonly binding: CellBinding,
    private readonly values: ReadonlyMap<string, string>,
    private readonly names: readonly string[],
    private readonly options: ts.CompilerOptions,
  ) {
    this.sourceFile = binding.sourceFile;
    this.edits = new Edits(this.sourceFile.text);
    const last = this.sourceFile.statements.at(-1);
    this.resultStatement = last && ts.isExpressionStatement(last) ? last : undefined;
    this.kernel = this.unused('$x');
    this.self = this.unused('$e');
    this.module = this.unused('$m');
  }

  emit(): Script {
    for (const node of this.binding.imports) this.emitImport(node);
    for (const node of this.binding.exportModifiers) this.emitExport(node);
    for (const call of this.binding.dynamicImports) this.replace(call.expression, `${this.kernel}.import`);
    this.emitReferences();
    this.emitResult();
    ts.forEachChild(this.sourceFile, (node) => this.emitChecks(node));
    this.emitStatements();
    const { text, shifts } = this.edits.render();
    const header = this.header();
    const classes = declaredClasses(this.sourceFile);
    return {
      code: `${header}${text}\n}`,
      modules: this.modules,
      shifts: rebase(shifts, header.length),
      ...(classes.length > 0 ? { classes: Object.fromEntries(classes) as Record<string, string> } : {}),
    };
  }

  private unused(name: string): string {
    return this.sourceFile.text.includes(name) ? this.unused(`${name}_`) : name;
  }

  private startOf(node: ts.Node): number {
    return node.getStart(this.sourceFile);
  }

  private replace(node: ts.Node, text: string): void {
    this.edits.replace(this.startOf(node), node.end, text);
  }

  private header(): string {
    const modules = this.modules.map((_, index) => `, ${this.module}${index}`).join('');
    const accessors = this.names.map((name) => {
      const { writable } = this.binding.declarations.get(name)!;
      const given = name === 'v' ? 'w' : 'v';
      const setter = writable ? `, set: (${given}) => { ${name} = ${given}; }` : '';
      return `[${JSON.stringify(name)}]: { configurable: true, enumerable: true, get: () => ${name}${setter} }`;
    });
    // Not `Object`: the cell may declare one.
    const exposed = accessors.length
      ? `({}).constructor.defineProperties(${this.self}, { ${accessors.join(', ')} }); `
      : '';
    const imports = [...this.jsxImports].join('');
    // Not an arrow function: `this` is undefined at the top of a module.
    return `async function (${this.kernel}, ${this.self}${modules}) { "use strict"; ${exposed}${imports}`;
  }

  /** Imports are awaited where they stand, as a step's program does it. */
  private emitImport(node: CellImport): void {
    this.replace(node, this.importCode(node) || ';');
  }

  private importCode(node: CellImport): string {
    if (ts.isImportEqualsDeclaration(node)) {
      const reference = node.moduleReference;
      if (node.isTypeOnly || !ts.isExternalModuleReference(reference)) return '';
      return `const ${node.name.text} = ${this.kernel}.require(${reference.expression.getText(this.sourceFile)});`;
    }
    if (ts.isExportDeclaration(node)) return '';
    const clause = node.importClause;
    const load = `await ${this.kernel}.import(${node.moduleSpecifier.getText(this.sourceFile)})`;
    if (!clause) return `${load};`;
    if (clause.isTypeOnly) return '';
    const isValue = (name: ts.Identifier) => this.binding.declarations.get(name.text)?.value;
    const bound: string[] = [];
    let namespace: ts.Identifier | undefined;
    if (clause.name && isValue(clause.name)) bound.push(`default: ${clause.name.text}`);
    if (clause.namedBindings && ts.isNamespaceImport(clause.namedBindings)) {
      if (isValue(clause.namedBindings.name)) namespace = clause.namedBindings.name;
    }
    if (clause.namedBindings && ts.isNamedImports(clause.namedBindings)) {
      for (const { name, propertyName, isTypeOnly } of clause.namedBindings.elements) {
        if (!isTypeOnly && isValue(name))
          bound.push(`${JSON.stringify((propertyName ?? name).text)}: ${name.text}`);
      }
    }
    const targets = namespace ? [namespace.text] : [];
    if (bound.length) targets.push(`{ ${bound.join(', ')} }`);
    return this.bindingCode(targets, node.moduleSpecifier);
  }

  /** @param targets names and patterns that the module is bound to */
  private bindingCode([first, ...others]: string[], specifier: ts.Expression): string {
    if (first === undefined) return '';
    const text = specifier.getText(this.sourceFile);
    const given = this.unused(`$i${this.imported++}`);
    // A local file may begin anew: its names are then bound again.
    const isRenewed = ts.isStringLiteral(specifier) && mayBeLocal(specifier.text);
    const again = [first, ...others].map((target) => `(${target} = ${given});`).join(' ');
    const load = `await ${this.kernel}.import(${text}${isRenewed ? `, (${given}) => { ${again} }` : ''})`;
    const keyword = isRenewed ? 'let' : 'const';
    if (others.length === 0) return `${keyword} ${first} = ${load};`;
    return `const ${given} = ${load}; ${keyword} ${[first, ...others].map((target) => `${target} = ${given}`).join(', ')};`;
  }

  private emitExport(node: ts.Statement): void {
    if (ts.isExportAssignment(node)) {
      this.edits.replace(this.startOf(node), this.startOf(node.expression), 'void ');
      return;
    }
    const isNameless = (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && !node.name;
    for (const modifier of ts.canHaveModifiers(node) ? (node.modifiers ?? []) : []) {
      if (modifier.kind === SyntaxKind.ExportKeyword) this.replace(modifier, isNameless ? 'void' : '');
      if (modifier.kind === SyntaxKind.DefaultKeyword) this.replace(modifier, '');
    }
  }

  private emitReferences(): void {
    for (const [name, cell] of this.values) {
      for (const reference of this.binding.free.get(name)?.refs ?? []) {
        if (!reference.runtime || ts.isExportSpecifier(reference.node.parent)) continue;
        this.edits.replace(reference.start, reference.end, this.referenceCode(reference.node, cell));
      }
    }
  }

  private referenceCode(node: ts.Identifier, cell: string): string {
    if (!this.modules.includes(cell)) this.modules.push(cell);
    const access = `${this.module}${this.modules.indexOf(cell)}.${node.text}`;
    const { parent } = node;
    // `{ __proto__: value }` would set the prototype.
    if (ts.isShorthandPropertyAssignment(parent))
      return `${node.text === '__proto__' ? '["__proto__"]' : node.text}: ${access}`;
    if (!isCalled(node)) return access;
    // A function is not called as a method of the module object. The parenthesis must not continue the line before.
    return startsStatement(node, this.resultStatement) ? `;(0, ${access})` : `(0, ${access})`;
  }

  private emitResult(): void {
    if (!this.resultStatement) return;
    const { expression } = this.resultStatement;
    this.edits.open(this.startOf(expression), `${this.kernel}.result = (`);
    this.edits.close(expression.end, ')');
  }

  /** After each `await` the interpreter may stop the cell. */
  private emitChecks(node: ts.Node): void {
    const isAwait = ts.isAwaitExpression(node);
    if (isAwait) this.edits.open(this.startOf(node), `${this.kernel}.check(`);
    if (ts.isForOfStatement(node) && node.awaitModifier && ts.isBlock(node.statement)) {
      this.edits.close(this.startOf(node.statement) + 1, `${this.kernel}.check();`);
    }
    ts.forEachChild(node, (child) => this.emitChecks(child));
    if (isAwait) this.edits.close(node.end, ')');
  }

  private emitStatements(): void {
    const { statements } = this.sourceFile;
    for (const [index, statement] of statements.entries()) {
      if (this.binding.imports.includes(statement as CellImport)) continue;
      // What `using` holds is disposed of at the end of the cell: the rest belongs to it.
      if (ts.isVariableStatement(statement) && isUsing(statement.declarationList)) {
        this.emitPiece(this.startOf(statement), statements.at(-1)!.end);
        return;
      }
      if (ts.isImportEqualsDeclaration(statement)) this.emitAlias(statement);
      else if (!eraseTypes(statement, this.sourceFile, this.edits, this.resultStatement)) {
        const above = statements.slice(0, index);
        this.emitPiece(this.startOf(statement), statement.end, this.mergedWith(statement, above));
      }
    }
  }

  /** The declarations that a namespace or enum is one with. */
  private mergedWith(node: ts.Statement, above: readonly ts.Statement[]): string[] {
    const name = mergedName(node);
    if (name === undefined) return [];
    const merged = above.filter((each) => mergedName(each) === name && !isForCompilerOnly(each));
    return merged.map((each) => each.getText(this.sourceFile).replace(/^export\s+(default\s+)?/, ''));
  }

  /** `import A = N.B` */
  private emitAlias(node: ts.ImportEqualsDeclaration): void {
    const isValue = !node.isTypeOnly && this.binding.declarations.get(node.name.text)?.value;
    if (isValue) this.edits.replace(this.startOf(node), this.startOf(node.name), 'const ');
    else this.replace(node, ';');
  }

  private emitPiece(start: number, end: number, merged: readonly string[] = []): void {
    const mayBeJsx = this.sourceFile.fileName.endsWith('x');
    const { code, imports } = transpile(this.edits.slice(start, end), this.options, mayBeJsx, merged);
    for (const { specifier, names } of imports) {
      this.jsxImports.add(`var { ${names} } = await ${this.kernel}.import(${JSON.stringify(specifier)}); `);
    }
    this.edits.replaceAll(start, end, code);
  }
}

/** Of a declaration that others of its name may be merged with. */
function mergedName(node: ts.Statement): string | undefined {
  const mayMerge =
    ts.isModuleDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node);
  return mayMerge ? node.name?.text : undefined;
}

/** `f()`, `f!()`, `(f as F)()`, f`…` */
function isCalled(node: ts.Identifier): boolean {
  let callee: ts.Node = node;
  let { parent } = callee;
  while (isWrapping(parent)) [callee, parent] = [parent, parent.parent];
  if (ts.isTaggedTemplateExpression(parent)) return parent.tag === callee;
  return ts.isCallExpression(parent) && parent.expression === callee && !ts.isDecorator(parent.parent);
}

function startsStatement(node: ts.Node, result: ts.Statement | undefined): boolean {
  let at = node;
  while (!ts.isExpressionStatement(at)) {
    if (at.parent.pos !== at.pos || ts.isSourceFile(at.parent)) return false;
    at = at.parent;
  }
  if (at === result) return false; // it follows `$x.result = (`
  const { parent } = at;
  return (
    ts.isSourceFile(parent) ||
    ts.isBlock(parent) ||
    ts.isModuleBlock(parent) ||
    ts.isCaseOrDefaultClause(parent)
  );
}

function rebase(shifts: Shift[], header: number): Shift[] {
  const first = { line: 0, column: header, shift: header };
  return [
    first,
    ...shifts.map((shift) =>
      shift.line === 0 ? { ...shift, column: shift.column + header, shift: shift.shift + header } : shift,
    ),
  ];
}
