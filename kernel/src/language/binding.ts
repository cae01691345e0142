import { type Declaration, declarationsOf } from './declaration.js';
import { isImportCall, isImportMeta } from './module-syntax.js';
import { parseModule } from './parse.js';
import { type FreeName, isOnlyAName, type LocalReference, type Reference, referenceTo } from './reference.js';
import ts from './typescript.js';

export type { Declaration, DeclarationKind } from './declaration.js';
export { type FreeName, isWritten, type LocalReference, type Reference } from './reference.js';

/** What one cell says by itself: what it declares and what it needs from elsewhere. */
export interface CellBinding {
  sourceFile: ts.SourceFile;
  /** Knows this cell alone: good for scoping (`resolveName`), not for types. */
  checker: ts.TypeChecker;
  free: Map<string, FreeName>;
  declarations: Map<string, Declaration>;
  /** Import declarations, `import x = require()`, and re-exports, at the top level. */
  imports: CellImport[];
  /** Calls `import(…)`, anywhere. */
  dynamicImports: ts.CallExpression[];
  /** Uses of `import.meta`. */
  importMetas: ts.MetaProperty[];
  /** Top-level statements with an `export` keyword, and `export default`. */
  exportModifiers: ts.Statement[];
  /** Uses of the cell's own top-level names. */
  locals: LocalReference[];
}

export type CellImport = ts.ImportDeclaration | ts.ImportEqualsDeclaration | ts.ExportDeclaration;

const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  noResolve: true,
  noCheck: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
};

const { SymbolFlags } = ts;
const ANY_MEANING = SymbolFlags.Value | SymbolFlags.Type | SymbolFlags.Namespace;

/**
 * Binds a cell alone: no libraries, no imports. The compiler's binder does the scoping, and every name that nothing in
 * the cell declares is free, also one that shadows a global.
 */
export function bindCell(source: string, fileName?: string): CellBinding {
  const sourceFile = parseCell(source, fileName);
  const checker = checkerOf(sourceFile);
  return new BindingWalk(sourceFile, checker).walk();
}

/**
 * Parses a cell as TSX; one that only makes sense without JSX (`<T>x`, `<T>(x: T) => x`) as plain TypeScript. The file
 * name's ending says which it was.
 */
export function parseCell(source: string, fileName?: string): ts.SourceFile {
  const stem = fileName?.replace(/\.tsx?$/, '') ?? '/cell';
  const tsx = parseModule(`${stem}.tsx`, source);
  if (!tsx.parseDiagnostics.length) return tsx;
  const plain = parseModule(`${stem}.ts`, source);
  return plain.parseDiagnostics.length ? tsx : plain;
}

function checkerOf(sourceFile: ts.SourceFile): ts.TypeChecker {
  const { fileName } = sourceFile;
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === fileName ? sourceFile : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === fileName,
    readFile: () => undefined,
    directoryExists: () => false,
    getDirectories: () => [],
    writeFile: () => undefined,
  };
  return ts.createProgram({ rootNames: [fileName], options: OPTIONS, host }).getTypeChecker();
}

class BindingWalk {
  private readonly free = new Map<string, FreeName>();
  private readonly imports: CellImport[] = [];
  private readonly dynamicImports: ts.CallExpression[] = [];
  private readonly importMetas: ts.MetaProperty[] = [];
  private readonly exportModifiers: ts.Statement[] = [];
  private readonly locals: LocalReference[] = [];

  constructor(
    private readonly sourceFile: ts.SourceFile,
    private readonly checker: ts.TypeChecker,
  ) {}

  walk(): CellBinding {
    ts.forEachChild(this.sourceFile, (node) => this.visit(node, false));
    return {
      sourceFile: this.sourceFile,
      checker: this.checker,
      free: this.free,
      declarations: declarationsOf(this.sourceFile),
      imports: this.imports,
      dynamicImports: this.dynamicImports,
      importMetas: this.importMetas,
      exportModifiers: this.exportModifiers,
      locals: this.locals,
    };
  }

  /** @param inType whether the node is erased when the cell runs */
  private visit(node: ts.Node, inType: boolean): void {
    if (ts.isImportDeclaration(node)) {
      this.imports.push(node);
    } else if (ts.isImportEqualsDeclaration(node)) {
      this.visitImportEquals(node);
    } else if (ts.isExportDeclaration(node)) {
      this.visitExport(node);
    } else if (ts.isTypeReferenceNode(node)) {
      this.visitEntityName(node.typeName, SymbolFlags.Type);
      this.visitAll(node.typeArguments, true);
    } else if (ts.isTypeQueryNode(node)) {
      if (ts.isImportTypeNode(node.exprName)) this.visit(node.exprName, true);
      else this.visitEntityName(node.exprName, SymbolFlags.Value, SymbolFlags.Value);
      this.visitAll(node.typeArguments, true);
    } else if (ts.isExpressionWithTypeArguments(node) && ts.isHeritageClause(node.parent)) {
      this.visitHeritage(node, node.parent, inType);
    } else if (ts.isIdentifier(node)) {
      this.visitIdentifier(node, inType);
    } else {
      if (isImportCall(node)) this.dynamicImports.push(node);
      if (isImportMeta(node)) this.importMetas.push(node);
      if (node.parent === this.sourceFile && isExported(node))
        this.exportModifiers.push(node as ts.Statement);
      const erased = inType || isErased(node);
      ts.forEachChild(node, (child) => this.visit(child, erased));
    }
  }

  private visitAll(nodes: readonly ts.Node[] | undefined, inType: boolean): void {
    nodes?.forEach((node) => this.visit(node, inType));
  }

  private visitImportEquals(node: ts.ImportEqualsDeclaration): void {
    if (ts.isExternalModuleReference(node.moduleReference)) this.imports.push(node);
    else this.visitEntityName(node.moduleReference, ANY_MEANING, SymbolFlags.Namespace, true);
  }

  private visitExport(node: ts.ExportDeclaration): void {
    this.imports.push(node);
    if (node.moduleSpecifier || !node.exportClause || !ts.isNamedExports(node.exportClause)) return;
    for (const specifier of node.exportClause.elements) {
      const name = specifier.propertyName ?? specifier.name;
      const typeOnly = node.isTypeOnly || specifier.isTypeOnly;
      if (ts.isIdentifier(name)) this.refer(name, typeOnly ? SymbolFlags.Type : ANY_MEANING, !typeOnly);
    }
  }

  private visitHeritage(
    node: ts.ExpressionWithTypeArguments,
    clause: ts.HeritageClause,
    inType: boolean,
  ): void {
    const isBaseClass = ts.isClassLike(clause.parent) && clause.token === ts.SyntaxKind.ExtendsKeyword;
    if (isBaseClass) this.visit(node.expression, inType);
    else this.visitEntityName(node.expression, SymbolFlags.Type);
    this.visitAll(node.typeArguments, true);
  }

  /** `A.B.C`: only `A` refers to something in scope, and as a namespace unless it stands alone. */
  private visitEntityName(
    name: ts.Node,
    meaning: ts.SymbolFlags,
    qualifierMeaning: ts.SymbolFlags = SymbolFlags.Namespace,
    runtime = false,
  ): void {
    const first = leftmost(name);
    if (ts.isIdentifier(first)) this.refer(first, first === name ? meaning : qualifierMeaning, runtime);
  }

  private visitIdentifier(node: ts.Identifier, inType: boolean): void {
    if (isOnlyAName(node) || isIntrinsicElement(node) || node.text === 'this') return;
    this.refer(node, SymbolFlags.Value, !inType);
  }

  private refer(node: ts.Identifier, meaning: ts.SymbolFlags, runtime: boolean): void {
    if (!node.text || node.text === 'undefined') return;
    const reference = referenceTo(node, meaning, runtime, this.sourceFile);
    const symbol = this.checker.resolveName(node.text, node, meaning, true);
    if (!symbol) this.addFree(node.text, reference, runtime);
    else if (this.isTopLevel(node.text, symbol)) this.locals.push({ name: node.text, ...reference });
  }

  private isTopLevel(name: string, symbol: ts.Symbol): boolean {
    const local = this.sourceFile.locals?.get(ts.escapeLeadingUnderscores(name));
    if (!local) return false;
    return (
      local === symbol ||
      local.exportSymbol === symbol ||
      (!!local.exportSymbol && local.exportSymbol === symbol.exportSymbol)
    );
  }

  private addFree(name: string, reference: Reference, runtime: boolean): void {
    let free = this.free.get(name);
    if (!free) {
      free = {
        name,
        value: false,
        valueInType: false,
        type: false,
        namespace: false,
        assigned: false,
        refs: [],
      };
      this.free.set(name, free);
    }
    if (reference.meaning & SymbolFlags.Value) {
      if (runtime) free.value = true;
      else free.valueInType = true;
    }
    if (reference.meaning === SymbolFlags.Type || reference.meaning === ANY_MEANING) free.type = true;
    if (reference.meaning === SymbolFlags.Namespace || reference.meaning === ANY_MEANING)
      free.namespace = true;
    if (reference.write) free.assigned = true;
    free.refs.push(reference);
  }
}

function leftmost(node: ts.Node): ts.Node {
  if (ts.isQualifiedName(node)) return leftmost(node.left);
  if (ts.isPropertyAccessExpression(node)) return leftmost(node.expression);
  return node;
}

function isExported(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function isErased(node: ts.Node): boolean {
  if (ts.isTypeNode(node)) return !ts.isExpressionWithTypeArguments(node);
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    (ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.DeclareKeyword))
  );
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
}

function isIntrinsicElement(node: ts.Identifier): boolean {
  const parent = node.parent;
  const isTag =
    (ts.isJsxOpeningLikeElement(parent) || ts.isJsxClosingElement(parent)) && parent.tagName === node;
  return isTag && /^[a-z]/.test(node.text);
}
