import { createHash } from 'node:crypto';
import { ERASED_MODIFIERS, isForCompilerOnly, isWrapping } from './emit/erase.js';
import ts from './typescript.js';

const { SyntaxKind } = ts;

/**
 * What code says: sha256 of its syntax tree without types, comments, layout and parentheses. Code that was formatted
 * anew, or annotated otherwise, has the same; what names stand for does not enter.
 *
 * A tree is written rather than text: printing by a bundler would give nested names numbers that depend on the code
 * around them.
 *
 * @param context what else matters, such as the keyword before a declarator
 */
export function normalDigest(node: ts.Node, context = ''): string {
  const writer = new TreeWriter();
  writer.write(node);
  return createHash('sha256').update(`${context}${writer.text}`).digest('hex');
}

class TreeWriter {
  text = '';

  readonly write = (node: ts.Node): void => {
    if (isErased(node)) return;
    const inner = withoutWrapping(node);
    if (inner !== node) return this.write(inner);
    this.text += `(${SyntaxKind[node.kind]}`;
    const content = contentOf(node);
    if (content !== undefined) this.text += JSON.stringify(content);
    if (ts.isForStatement(node))
      this.writeParts(node.initializer, node.condition, node.incrementor, node.statement);
    else if (ts.isBindingElement(node)) {
      this.writeParts(node.dotDotDotToken, node.propertyName, node.name, node.initializer);
    } else ts.forEachChild(node, this.write);
    this.text += ')';
  };

  /** Of a node whose parts could stand for one another. */
  private writeParts(...parts: (ts.Node | undefined)[]): void {
    for (const part of parts) {
      this.text += '|';
      if (part) this.write(part);
    }
  }
}

/** What a node says apart from its kind and its children. */
function contentOf(node: ts.Node): string | number | undefined {
  if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
  if (ts.isTemplateLiteralToken(node)) return node.rawText ?? node.getText();
  if (ts.isJsxText(node)) return jsxWords(node.text);
  if (ts.isLiteralExpression(node)) return node.text;
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return ts.tokenToString(node.operator);
  if (ts.isMetaProperty(node)) return ts.tokenToString(node.keywordToken);
  if (ts.isVariableDeclarationList(node)) return node.flags & ts.NodeFlags.BlockScoped;
  if (ts.isParameter(node)) return isParameterProperty(node) ? 'property' : undefined;
  // `(a?.b).c` throws where `a?.b.c` does not.
  return node.flags & ts.NodeFlags.OptionalChain ? '?' : undefined;
}

function isParameterProperty(node: ts.ParameterDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => ERASED_MODIFIERS.has(kind)) ?? false;
}

/** As JSX reads text: lines are trimmed and joined, those without text are nothing. */
function jsxWords(text: string): string {
  const lines = text.split(/\r?\n/);
  return lines
    .map((line, index) => {
      const from = index === 0 ? line : line.replace(/^[ \t]+/, '');
      return index === lines.length - 1 ? from : from.replace(/[ \t]+$/, '');
    })
    .filter((line) => line !== '')
    .join(' ');
}

function isErased(node: ts.Node): boolean {
  const { kind } = node;
  if (ERASED_KINDS.has(kind) || ERASED_MODIFIERS.has(kind)) return true;
  if (kind === SyntaxKind.QuestionToken) return !ts.isConditionalExpression(node.parent);
  if (ts.isEmptyStatement(node)) return hasStatements(node.parent);
  if (ts.isJsxText(node)) return jsxWords(node.text) === '';
  if (ts.isJsxExpression(node)) return !node.expression;
  if (ts.isParameter(node)) return ts.isIdentifier(node.name) && node.name.text === 'this';
  if (ts.isHeritageClause(node)) return node.token === SyntaxKind.ImplementsKeyword;
  if (ts.isTypeNode(node)) return !ts.isExpressionWithTypeArguments(node);
  return isForCompilerOnly(node);
}

const ERASED_KINDS = new Set([
  SyntaxKind.ExportKeyword,
  SyntaxKind.DefaultKeyword,
  SyntaxKind.ExclamationToken,
  SyntaxKind.SemicolonClassElement,
  SyntaxKind.TypeParameter,
]);

function hasStatements(node: ts.Node): boolean {
  return (
    ts.isBlock(node) || ts.isSourceFile(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node)
  );
}

/** The expression in parentheses, `x as T`, `x!`, `<T>x`, `f<T>`. */
function withoutWrapping(node: ts.Node): ts.Node {
  return isWrapping(node) || ts.isExpressionWithTypeArguments(node) ? node.expression : node;
}
