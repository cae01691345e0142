import type { Edits } from './edits.js';
import ts from '../typescript.js';

const { SyntaxKind } = ts;

/** What JavaScript on every supported Node lacks, so that erasing types is not enough. */
class NotErasable extends Error {}

/**
 * Blanks out everything of a statement that is only for the compiler, leaving each line and column where it was.
 * @param enclosed a statement whose expression is put into parentheses, so that its end needs no care
 * @returns whether that was enough. If not (enums, namespaces, JSX, decorators, `using` …), nothing is changed.
 */
export function eraseTypes(
  statement: ts.Statement,
  sourceFile: ts.SourceFile,
  edits: Edits,
  enclosed?: ts.Statement,
): boolean {
  const mark = edits.mark();
  try {
    new Eraser(sourceFile, edits, enclosed).visit(statement);
    return true;
  } catch (error) {
    if (!(error instanceof NotErasable)) throw error;
    edits.undo(mark);
    return false;
  }
}

class Eraser {
  private readonly text: string;

  constructor(
    private readonly sourceFile: ts.SourceFile,
    private readonly edits: Edits,
    private readonly enclosed: ts.Statement | undefined,
  ) {
    this.text = sourceFile.text;
  }

  readonly visit = (node: ts.Node): void => {
    if (needsMore(node)) throw new NotErasable();
    if (isForCompilerOnly(node)) this.eraseWhole(node);
    else if (ts.isParameter(node)) this.visitParameter(node);
    else if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) this.visitTyped(node);
    else if (ts.isFunctionLike(node)) this.visitFunction(node);
    else if (ts.isClassLike(node)) this.visitClass(node);
    else if (isTypeOperator(node)) this.visitTypeOperator(node);
    else if (ts.isTypeAssertionExpression(node)) this.visitAssertion(node);
    else {
      if (hasTypeArguments(node)) this.eraseList(node.typeArguments);
      ts.forEachChild(node, (child) => {
        if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) this.visit(child);
      });
    }
  };

  private visitAll(nodes: readonly ts.Node[] | undefined): void {
    nodes?.forEach(this.visit);
  }

  private visitParameter(node: ts.ParameterDeclaration): void {
    if (node.modifiers?.length) throw new NotErasable();
    if (ts.isIdentifier(node.name) && node.name.text === 'this') {
      const comma = /^\s*,/.exec(this.text.slice(node.end));
      this.edits.blank(node.getStart(this.sourceFile), node.end + (comma?.[0].length ?? 0));
      return;
    }
    this.visitTyped(node);
  }

  private visitTyped(node: ts.ParameterDeclaration | ts.VariableDeclaration | ts.PropertyDeclaration): void {
    if (ts.isPropertyDeclaration(node)) this.eraseModifiers(node);
    this.visit(node.name);
    if ('questionToken' in node) this.eraseNode(node.questionToken);
    if ('exclamationToken' in node) this.eraseNode(node.exclamationToken);
    this.eraseAnnotation(node.type);
    if (node.initializer) this.visit(node.initializer);
  }

  private visitFunction(node: ts.SignatureDeclaration): void {
    if (ts.isClassElement(node)) this.eraseModifiers(node);
    if (node.name) this.visit(node.name);
    if ('questionToken' in node) this.eraseNode(node.questionToken as ts.Node | undefined);
    if (ts.isArrowFunction(node)) this.refuseLineBreaks(node);
    this.eraseList(node.typeParameters);
    this.visitAll(node.parameters);
    this.eraseAnnotation(node.type);
    if ('body' in node && node.body) this.visit(node.body as ts.Node);
  }

  /** JavaScript wants `async (` and `) =>` on one line, whatever stands between in TypeScript. */
  private refuseLineBreaks(node: ts.ArrowFunction): void {
    const parameters = node.typeParameters && this.text.slice(node.pos, node.typeParameters.end);
    const arrow = node.type && this.text.slice(node.type.pos, node.equalsGreaterThanToken.end);
    if (parameters?.trim().includes('\n') || arrow?.includes('\n')) throw new NotErasable();
  }

  private visitClass(node: ts.ClassLikeDeclaration): void {
    this.eraseModifiers(node);
    this.eraseList(node.typeParameters);
    for (const clause of node.heritageClauses ?? []) {
      if (clause.token === SyntaxKind.ImplementsKeyword) this.eraseNode(clause);
      else this.visitAll(clause.types);
    }
    this.visitAll(node.members);
  }

  /** `x as T`, `x satisfies T`, `x!` */
  private visitTypeOperator(node: ts.AsExpression | ts.SatisfiesExpression | ts.NonNullExpression): void {
    this.visit(node.expression);
    this.eraseEnd(node.expression.end, node.end, node);
  }

  /** `<T>x`, in a cell without JSX */
  private visitAssertion(node: ts.TypeAssertion): void {
    const start = node.getStart(this.sourceFile);
    const end = node.expression.getStart(this.sourceFile);
    if (this.text.slice(start, end).includes('\n')) throw new NotErasable();
    this.edits.blank(start, end);
    this.visit(node.expression);
  }

  private eraseModifiers(node: ts.HasModifiers): void {
    for (const modifier of node.modifiers ?? []) {
      if (ERASED_MODIFIERS.has(modifier.kind)) this.eraseNode(modifier);
    }
  }

  private eraseNode(node: ts.Node | undefined): void {
    if (node) this.eraseEnd(node.getStart(this.sourceFile), node.end, node);
  }

  private eraseAnnotation(type: ts.TypeNode | undefined): void {
    if (type) this.eraseEnd(type.pos - 1, type.end, type);
  }

  /** Type parameters or arguments with their angle brackets. */
  private eraseList(list: ts.NodeArray<ts.Node> | undefined): void {
    if (list) this.edits.blank(list.pos - 1, this.text.indexOf('>', list.end) + 1);
  }

  /** A statement or class member that vanishes leaves a semicolon, so that its neighbours do not grow together. */
  private eraseWhole(node: ts.Node): void {
    this.edits.blank(node.getStart(this.sourceFile), node.end, ';');
  }

  /** Erases what may end a statement; without a semicolon there, the next line could be read as its continuation. */
  private eraseEnd(start: number, end: number, node: ts.Node): void {
    const ends = this.text[end - 1] !== ';' && this.endsStatement(node);
    this.edits.blank(start, end, ends ? ';' : '');
  }

  private endsStatement(node: ts.Node): boolean {
    for (let at = node; at.end === node.end && at !== this.enclosed && !ts.isSourceFile(at); at = at.parent) {
      if (ts.isPropertyDeclaration(at) || (ts.isStatement(at) && !ts.isBlock(at))) return true;
    }
    return false;
  }
}

export const ERASED_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.AbstractKeyword,
  SyntaxKind.OverrideKeyword,
  SyntaxKind.PrivateKeyword,
  SyntaxKind.ProtectedKeyword,
  SyntaxKind.PublicKeyword,
  SyntaxKind.ReadonlyKeyword,
]);

function needsMore(node: ts.Node): boolean {
  if (hasModifier(node, SyntaxKind.DeclareKeyword)) return false;
  return (
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isJsxElement(node) ||
    ts.isJsxFragment(node) ||
    ts.isJsxSelfClosingElement(node) ||
    (ts.canHaveDecorators(node) && ts.getDecorators(node) !== undefined) ||
    ts.isImportEqualsDeclaration(node) ||
    hasModifier(node, SyntaxKind.AccessorKeyword) ||
    (ts.isVariableDeclarationList(node) && isUsing(node))
  );
}

/** `using` and `await using`, which the oldest supported Node does not know. */
export function isUsing(node: ts.VariableDeclarationList): boolean {
  const blockScoped = node.flags & ts.NodeFlags.BlockScoped;
  return blockScoped === ts.NodeFlags.Using || blockScoped === ts.NodeFlags.AwaitUsing;
}

export function isForCompilerOnly(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isIndexSignatureDeclaration(node)) return true;
  if (hasModifier(node, SyntaxKind.DeclareKeyword)) return true;
  if (ts.isPropertyDeclaration(node)) return hasModifier(node, SyntaxKind.AbstractKeyword);
  const isImplementation =
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isAccessor(node);
  return isImplementation && !node.body;
}

function isTypeOperator(
  node: ts.Node,
): node is ts.AsExpression | ts.SatisfiesExpression | ts.NonNullExpression {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node);
}

/** `(x)`, `x as T`, `x!`, `<T>x`: what stands in it is meant. */
export function isWrapping(
  node: ts.Node,
): node is
  | ts.ParenthesizedExpression
  | ts.TypeAssertion
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression {
  return ts.isParenthesizedExpression(node) || ts.isTypeAssertionExpression(node) || isTypeOperator(node);
}

function hasTypeArguments(node: ts.Node): node is ts.Node & { typeArguments?: ts.NodeArray<ts.TypeNode> } {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isExpressionWithTypeArguments(node)
  );
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (node.modifiers?.some((modifier) => modifier.kind === kind) ?? false);
}
