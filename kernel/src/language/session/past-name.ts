/** Places in a cell where names of past runs stand, or could. */
import type { PastName } from '../messages.js';
import { isOfLibrary, literalOf, pastNamesOf } from './past-calls.js';
import type { Probe, Session } from './session.js';
import ts from '../typescript.js';

export interface PlacedName {
  past: PastName;
  /** UTF-16 offsets of what a name would replace, where that is not the word before the cursor. */
  range?: Range | undefined;
}

type Range = [start: number, end: number];

/**
 * What of past runs stands, or could stand, at a place in a cell.
 * @param probe the cell in a program
 * @param offset in UTF-16 code units
 */
export function pastNameAt(
  session: Session,
  id: string,
  source: string,
  offset: number,
  probe: Probe,
): PlacedName | undefined {
  const found = siteAt(probe.sourceFile, probe.offset + offset);
  if (!found || !isOfLibrary(found.receiver, found.method, probe.program.getTypeChecker())) return undefined;
  // Only now, since few places get so far.
  const { program, sourceFile, offset: before } = session.probe(id, source, { asWritten: true });
  const { kind, receiver, text, missing, named, range } = siteAt(sourceFile, before + offset)!;
  const checker = program.getTypeChecker();
  const past: PastName = {
    kind,
    text,
    missing,
    types: WITH_TYPES.has(kind) ? typeNames(session, id, sourceFile) : undefined,
    ...pastNamesOf(receiver, checker),
    artifact: literalOf(named, checker),
  };
  return { past, range: range && [range[0] - before, range[1] - before] };
}

const WITH_TYPES: ReadonlySet<PastName['kind']> = new Set(['type', 'call', 'rest']);

function typeNames(session: Session, id: string, { locals }: ts.SourceFile): string[] {
  const others = session.visibleNames(id).filter(({ type }) => type);
  const own = [...(locals?.values() ?? [])].filter(
    ({ flags }) => flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Alias),
  );
  return [...others, ...own].map(({ name }) => name);
}

/** A place that is one if the receiver is Tagflow's. */
interface Site {
  kind: PastName['kind'];
  receiver: ts.Expression;
  method: string;
  text?: string;
  missing?: string | undefined;
  /** The artifact whose type it is. */
  named?: ts.Expression | undefined;
  range?: Range;
}

/** What a method's first argument names. */
const NAMED: ReadonlyMap<string, PastName['kind']> = new Map([
  ['latest', 'pipeline'],
  ['get', 'run'],
  ['step', 'step'],
  ['artifact', 'artifact'],
]);

function siteAt(sourceFile: ts.SourceFile, position: number): Site | undefined {
  const token = ts.findPrecedingToken(position, sourceFile);
  if (!token) return undefined;
  if (ts.isStringLiteralLike(token)) return siteOfText(token, position);
  if (ts.isIdentifier(token) && token.end < position) return undefined;
  if (token.kind === ts.SyntaxKind.OpenParenToken) return siteOfArgument(token.parent);
  return siteOfType(token) ?? siteOfCall(token, position);
}

/** The characters of names and ids. */
const NAME = /^[\p{L}\p{N}_$-]*/u;

/** `runs.latest('|')`, `runs.list({ pipeline: '|' })` */
function siteOfText(node: ts.StringLiteralLike, position: number): Site | undefined {
  const start = node.getStart() + 1;
  const closed = node.isUnterminated ? node.end : node.end - 1;
  if (position < start || position > closed) return undefined;
  const site = siteOfArgument(node.parent, node) ?? siteOfFilter(node.parent);
  if (!site) return undefined;
  const { text: source } = node.getSourceFile();
  // A mark that is missing at the end of a name is found later in the line, if at all: `runs.latest('to, { tag: 'a' })`.
  const end = position + NAME.exec(source.slice(position, closed))![0].length;
  const isClosed = end === closed && !node.isUnterminated;
  const missing = isClosed ? undefined : source[start - 1];
  return { ...site, text: source.slice(start, end), missing, range: [start, end] };
}

/** `runs.latest(|)` */
function siteOfArgument(call: ts.Node, argument?: ts.Node): Site | undefined {
  if (!ts.isCallExpression(call) || call.arguments[0] !== argument) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { expression: receiver, name } = call.expression;
  const kind = NAMED.get(name.text);
  return kind && { kind, receiver, method: name.text };
}

function siteOfFilter(property: ts.Node): Site | undefined {
  if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'pipeline') return undefined;
  const filter = property.parent;
  const call = filter.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== filter) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression) || call.expression.name.text !== 'list')
    return undefined;
  return { kind: 'pipeline', receiver: call.expression.expression, method: 'list' };
}

/** `step.artifact<|>('model')` */
function siteOfType(token: ts.Node): Site | undefined {
  const type = ts.isIdentifier(token) && ts.isTypeReferenceNode(token.parent) ? token.parent : undefined;
  if (!type && token.kind !== ts.SyntaxKind.LessThanToken) return undefined;
  const call = (type ?? token).parent;
  if (!ts.isCallExpression(call) && !ts.isExpressionWithTypeArguments(call)) return undefined;
  if (call.typeArguments?.[0] !== type || type?.typeArguments) return undefined;
  const named = ts.isCallExpression(call) ? call.arguments[0] : undefined;
  const site = siteOfMember(call.expression);
  return site && { ...site, kind: 'type', named };
}

/** `step.art|`, `step.artifact<|` */
function siteOfCall(token: ts.Node, position: number): Site | undefined {
  const { parent } = token;
  if (ts.isPropertyAccessExpression(parent)) {
    const isCalled = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
    return isCalled || token === parent.expression ? undefined : siteOfMember(parent);
  }
  // As long as nothing closes the type argument, it reads as a comparison.
  if (!ts.isBinaryExpression(parent) || token === parent.left) return undefined;
  if (parent.operatorToken.kind !== ts.SyntaxKind.LessThanToken) return undefined;
  const member = ts.isAwaitExpression(parent.left) ? parent.left.expression : parent.left;
  const site = siteOfMember(member);
  const start = ts.isIdentifier(token) ? token.getStart() : position;
  return site && { ...site, kind: 'rest', range: [start, position] };
}

/** The member may be in the middle of being written. */
function siteOfMember(member: ts.Node): Site | undefined {
  if (!ts.isPropertyAccessExpression(member)) return undefined;
  const { expression: receiver, name } = member;
  return 'artifact'.startsWith(name.text) ? { kind: 'call', receiver, method: 'artifact' } : undefined;
}
