import { documentationOf } from './documentation.js';
import type { Inspection } from '../messages.js';
import { pastNameAt } from './past-name.js';
import type { Session } from './session.js';
import ts from '../typescript.js';

/** Internal to the compiler: how an editor words a symbol, `const rows: Row[]`. */
interface SymbolDisplayApi {
  getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker: ts.TypeChecker,
    symbol: ts.Symbol,
    sourceFile: ts.SourceFile,
    enclosing: ts.Node,
    location: ts.Node,
  ): { displayParts: ts.SymbolDisplayPart[] };
}

interface InternalApi {
  SymbolDisplay: SymbolDisplayApi;
  getTouchingPropertyName(sourceFile: ts.SourceFile, position: number): ts.Node;
}

const { SymbolDisplay, getTouchingPropertyName } = ts as unknown as InternalApi;

const NOTHING: Inspection = { found: false, text: '', markdown: '' };

/**
 * What the name at, or just before, a place in a cell means: its type and its documentation.
 * @param offset in UTF-16 code units
 * @param detail 1 adds the text of a declaration in a cell
 */
export function inspect(
  session: Session,
  id: string,
  source: string,
  offset: number,
  detail = 0,
): Inspection {
  const probe = session.probe(id, source);
  const { program, sourceFile, offset: before } = probe;
  const checker = program.getTypeChecker();
  // After `f(` the function is meant.
  const positions = [offset, offset - 1, offset - 2].filter((at) => at >= 0);
  for (const position of positions) {
    const past = pastNameAt(session, id, source, position, probe)?.past;
    if (past?.text) return { ...NOTHING, past };
    const node = getTouchingPropertyName(sourceFile, before + position);
    if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) continue;
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol) return describe(session, checker, symbol, node, sourceFile, detail);
  }
  return NOTHING;
}

function describe(
  session: Session,
  checker: ts.TypeChecker,
  found: ts.Symbol,
  node: ts.Node,
  sourceFile: ts.SourceFile,
  detail: number,
): Inspection {
  const isAlias = (found.flags & ts.SymbolFlags.Alias) !== 0;
  const symbol = isAlias ? checker.getAliasedSymbol(found) : found;
  const { displayParts } = SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    sourceFile,
    node,
    node,
  );
  const signature = ts.displayPartsToString(displayParts).replace(/import\("[^"]*\/cell-[^"]*"\)\./g, '');
  const documentation = documentationOf(symbol);
  const declared = detail > 0 ? declarationText(session, symbol) : '';
  const plain = [signature, documentation, declared].filter(Boolean).join('\n\n');
  const code = (text: string) => `\`\`\`typescript\n${text}\n\`\`\``;
  const rich = [code(signature), documentation, declared && code(declared)].filter(Boolean).join('\n\n');
  return { found: true, text: plain, markdown: rich };
}

/** The text of a declaration as it was written, if a cell or a local file holds it. */
function declarationText(session: Session, { declarations = [] }: ts.Symbol): string {
  const own = declarations
    .flatMap((node) => session.asWritten(node))
    .filter((node) => !node.getSourceFile().isDeclarationFile);
  return own
    .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node).getText())
    .join('\n\n');
}
