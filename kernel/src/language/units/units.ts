import type { VariableId } from '@tagflow/schema';
import type { CellBinding, CellImport, Declaration } from '../binding.js';
import {
  type Declared,
  type ForeachCall,
  type Span,
  type Unit,
  type UnitKind,
  variableId,
} from '../facts.js';
import { boundNames, changesWithin } from '../mutation.js';
import { normalDigest } from '../normal.js';
import { constantForm, hasModifier, isData, isObjectLiteral, statementForm, unwrapped } from '../travel.js';
import type { NameFact, TravelForm } from '../travel.js';
import ts from '../typescript.js';
import { isIndexed } from '../loop-call.js';
import { branchesOf, declaredFunction, foreachCall, isInitialValue } from './control.js';
import { jsonLiteral } from './literal.js';

/** A cell as the session knows it: what it binds to, and which cell each of its free names comes from. */
export interface BoundCell {
  id: string;
  source: string;
  binding: CellBinding;
  /** Cell that provides a free name, as a value. */
  providers: ReadonlyMap<string, string>;
}

/** Cuts a cell into units. `uses` and what follows from them are filled in by `addUses`. */
export function unitsOf(
  cell: BoundCell,
  kindOf: (variable: VariableId) => string | undefined,
  isBuiltIn: (method: ts.Node) => boolean,
): Unit[] {
  return new UnitReader(cell, kindOf, isBuiltIn).read();
}

const STATEFUL: TravelForm = { travels: false, names: [], reason: 'it changes what it holds' };

class UnitReader {
  private readonly units: Unit[] = [];
  private readonly declarations: Map<string, Declaration>;

  constructor(
    private readonly cell: BoundCell,
    private readonly kindOf: (variable: VariableId) => string | undefined,
    private readonly isBuiltIn: (method: ts.Node) => boolean,
  ) {
    this.declarations = cell.binding.declarations;
  }

  read(): Unit[] {
    for (const statement of this.cell.binding.sourceFile.statements) this.addStatement(statement);
    this.declareHoisted();
    return this.units;
  }

  private addStatement(node: ts.Statement): void {
    if (isErasedStatement(node)) return;
    if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) this.addImport(node);
    else if (ts.isVariableStatement(node)) this.addDeclarators(node);
    else if (ts.isExportAssignment(node)) this.add(node.expression, 'statement', { before: '(', after: ')' });
    else this.addOther(node);
  }

  private add(node: ts.Node, kind: UnitKind, rest: Partial<Unit> = {}): Unit {
    const mayHaveAngles = kind !== 'import' && !this.cell.binding.sourceFile.fileName.endsWith('x');
    const unit: Unit = {
      cell: this.cell.id,
      kind,
      start: node.getStart(),
      end: node.end,
      before: '',
      after: '',
      normal: kind === 'import' ? '' : normalDigest(node, rest.before),
      declares: [],
      uses: [],
      data: false,
      mutable: false,
      aliases: [],
      dynamicImports: [],
      promises: [],
      place: { paths: [], environment: [], placed: [], assigned: [], files: [], impure: [] },
      ...(kind !== 'import' && /<\/|\/>/.test(this.cell.source) && hasJsx(node) && { jsx: true as const }),
      ...(this.cell.source.includes('@') && hasDecorators(node) && { decorated: true as const }),
      ...(mayHaveAngles && { angles: anglesIn(node) }),
      ...rest,
    };
    this.units.push(unit);
    return unit;
  }

  private addOther(node: ts.Statement): void {
    const kind = kindOfStatement(node);
    const name = (node as ts.DeclarationStatement).name;
    const declared = kind !== 'statement' && name && ts.isIdentifier(name) ? [declaredName(name)] : [];
    const form = this.hasState(node) ? STATEFUL : statementForm(node, this.nameOf);
    this.add(node, kind, {
      start: startWithoutExport(node),
      declares: declared,
      ...travelOf(form),
      stays: form.reason,
      digest: ts.isClassDeclaration(node) ? normalDigest(node) : undefined,
      foreach: ts.isExpressionStatement(node) ? this.foreachCall(node.expression) : undefined,
      branches: ts.isIfStatement(node) ? branchesOf(node) : undefined,
      indexed: this.isIndexed(node),
      ...(kind !== 'statement' && !declared.length ? { before: '(', after: ')' } : {}),
    });
  }

  /** A namespace that changes what it holds is not made again by its code. */
  private hasState(node: ts.Statement): boolean {
    if (!ts.isModuleDeclaration(node)) return false;
    const changes = changesWithin(node, this.cell.binding.checker);
    return changes.some(({ method }) => !method || this.isBuiltIn(method));
  }

  private addDeclarators(node: ts.VariableStatement): void {
    const { declarationList } = node;
    // The constants of a parameters cell are bound as `let`; what the cell says counts.
    const isConstant = this.cell.source.startsWith('const', declarationList.getStart());
    const keyword = isConstant ? 'const' : keywordOf(declarationList);
    for (const declaration of declarationList.declarations) {
      const { initializer } = declaration;
      const form: TravelForm =
        keyword === 'const' ? constantForm(declaration, this.nameOf) : { travels: false, names: [] };
      const value = initializer && unwrapped(initializer);
      this.add(declaration, 'declarator', {
        before: `${keyword} `,
        declares: boundNames(declaration.name).map(declaredName),
        ...travelOf(form),
        stays: form.reason,
        data: !!initializer && isData(initializer),
        mutable: !!value && isObjectLiteral(value),
        foreach:
          declarationList.declarations.length === 1
            ? this.foreachCall(initializer, declaration.name)
            : undefined,
        initial: keyword === 'let' && isInitialValue(initializer),
        indexed: this.isIndexed(declaration),
        literal: initializer && ts.isIdentifier(declaration.name) ? jsonLiteral(initializer) : undefined,
        digest: value && ts.isClassExpression(value) ? normalDigest(value) : undefined,
      });
    }
  }

  private foreachCall(
    expression: ts.Expression | undefined,
    takes?: ts.BindingName,
  ): ForeachCall | undefined {
    const { nameOf, isBuiltIn } = this;
    return foreachCall(expression, { nameOf, isBuiltIn, checker: this.cell.binding.checker }, takes);
  }

  private isIndexed(node: ts.Node): boolean | undefined {
    const named = declaredFunction(node);
    return named && isIndexed(named);
  }

  private addImport(node: CellImport): void {
    if (ts.isExportDeclaration(node)) return;
    if (ts.isImportEqualsDeclaration(node)) return this.addImportEquals(node);
    const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
    const clause = node.importClause;
    if (!clause) {
      this.add(node, 'import', { import: { specifier, require: false }, travels: [] });
      return;
    }
    if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return;
    const add = (local: ts.Identifier, name: string) =>
      this.addSpecifier(local, { specifier, name, require: false });
    if (clause.name) add(clause.name, 'default');
    const { namedBindings } = clause;
    if (namedBindings && ts.isNamespaceImport(namedBindings)) add(namedBindings.name, '*');
    if (!namedBindings || !ts.isNamedImports(namedBindings)) return;
    for (const element of namedBindings.elements) {
      if (!element.isTypeOnly) add(element.name, (element.propertyName ?? element.name).text);
    }
  }

  private addSpecifier(local: ts.Identifier, origin: NonNullable<Unit['import']>): void {
    if (this.declarations.get(local.text)?.value === false) return;
    this.add(local, 'import', { import: origin, declares: [declaredName(local)], travels: [] });
  }

  private addImportEquals(node: ts.ImportEqualsDeclaration): void {
    if (node.isTypeOnly) return;
    const { moduleReference } = node;
    if (!ts.isExternalModuleReference(moduleReference)) {
      const start = node.name.getStart();
      this.add(node, 'declarator', { before: 'const ', start, declares: [declaredName(node.name)] });
      return;
    }
    const { expression } = moduleReference;
    if (!ts.isStringLiteralLike(expression)) return;
    this.addSpecifier(node.name, { specifier: expression.text, name: '*', require: true });
  }

  /** A `var` inside a block belongs to the cell: the unit around it declares it. */
  private declareHoisted(): void {
    const declared = new Set(this.units.flatMap((unit) => unit.declares.map(({ name }) => name)));
    for (const { name, kind, value, nodes } of this.declarations.values()) {
      if (kind !== 'var' || !value || declared.has(name)) continue;
      for (const node of nodes) {
        const identifier = ts.getNameOfDeclaration(node);
        const unit = this.units.find(({ start, end }) => node.getStart() >= start && node.end <= end);
        if (unit && identifier && ts.isIdentifier(identifier)) unit.declares.push(declaredName(identifier));
      }
    }
  }

  private readonly nameOf = (identifier: ts.Identifier): NameFact | undefined => {
    const name = identifier.text;
    const cell = this.declarations.has(name) ? this.cell.id : this.cell.providers.get(name);
    if (cell === undefined) return undefined;
    const variable = variableId(cell, name);
    return { variable, kind: this.kindOf(variable) ?? 'const' };
  };
}

function travelOf({ travels, names, texts = [], primitive }: TravelForm): Partial<Unit> {
  if (!travels) return {};
  return { travels: names, ...(texts.length > 0 ? { texts } : {}), ...(primitive ? { primitive } : {}) };
}

function declaredName(name: ts.Identifier): Declared {
  const { parent } = name;
  const shorthand =
    ts.isBindingElement(parent) &&
    ts.isObjectBindingPattern(parent.parent) &&
    !parent.propertyName &&
    !parent.dotDotDotToken;
  return { name: name.text, start: name.getStart(), end: name.end, shorthand };
}

function hasJsx(node: ts.Node): boolean {
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) return true;
  return ts.forEachChild(node, (child) => hasJsx(child) || undefined) ?? false;
}

/** `<T>x` and the `<T>` of `<T>(x) => x`, where JSX could begin. */
function anglesIn(node: ts.Node): Span[] {
  const found: Span[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isTypeAssertionExpression(inner))
      found.push({ start: inner.getStart(), end: inner.expression.getStart() });
    if (ts.isArrowFunction(inner) && inner.typeParameters) {
      const close = inner.getChildren().find(({ kind }) => kind === ts.SyntaxKind.GreaterThanToken)!;
      found.push({ start: inner.typeParameters.pos - 1, end: close.end });
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return found;
}

function kindOfStatement(node: ts.Statement): UnitKind {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isEnumDeclaration(node)) return 'enum';
  return ts.isModuleDeclaration(node) ? 'namespace' : 'statement';
}

/** Whether nothing of a statement is left when the cell runs. */
function isErasedStatement(node: ts.Statement): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEmptyStatement(node))
    return true;
  if (ts.isExportDeclaration(node) || ts.isNamespaceExportDeclaration(node)) return true;
  if (ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return true;
  if (ts.isFunctionDeclaration(node)) return !node.body;
  return ts.isModuleDeclaration(node) && !isInstantiated(node);
}

/** Whether a namespace holds anything but types. */
function isInstantiated(node: ts.ModuleDeclaration): boolean {
  const { body } = node;
  if (!body) return false;
  if (ts.isModuleDeclaration(body)) return isInstantiated(body);
  return ts.isModuleBlock(body) && body.statements.some((statement) => !isErasedStatement(statement));
}

function keywordOf(list: ts.VariableDeclarationList): string {
  const blockScoped = list.flags & ts.NodeFlags.BlockScoped;
  if (blockScoped === ts.NodeFlags.AwaitUsing) return 'await using';
  if (blockScoped === ts.NodeFlags.Using) return 'using';
  if (blockScoped === ts.NodeFlags.Const) return 'const';
  return blockScoped === ts.NodeFlags.Let ? 'let' : 'var';
}

function startWithoutExport(node: ts.Statement): number {
  const modifiers = ts.canHaveModifiers(node) ? (node.modifiers ?? []) : [];
  const exporting = modifiers.filter(
    ({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword,
  );
  const last = exporting.at(-1);
  if (!last) return node.getStart();
  const text = node.getSourceFile().text;
  return last.end + (/^\s*/.exec(text.slice(last.end))?.[0].length ?? 0);
}

function hasDecorators(node: ts.Node): boolean {
  if (ts.canHaveDecorators(node) && ts.getDecorators(node) !== undefined) return true;
  return ts.forEachChild(node, (child) => hasDecorators(child) || undefined) ?? false;
}
