import { decode } from '@jridgewell/sourcemap-codec';
import ts from '../typescript.js';

/** A line that the compiler wrote. */
export interface Line {
  text: string;
  /** Whether it begins inside a template. */
  isInTemplate: boolean;
  /** The line, 0-based, that its first mapped part comes from. */
  origin?: number;
}

/** @param sourceMap of the code, as JSON */
export function linesOf(code: string, sourceMap: string): Line[] {
  const mappings = decode((JSON.parse(sourceMap) as { mappings: string }).mappings);
  const inTemplate = linesInTemplates(code);
  return code.split('\n').map((text, index) => {
    const origin = mappings[index]?.find((segment) => segment.length > 1)?.[2];
    return { text, isInTemplate: inTemplate.has(index), ...(origin !== undefined && { origin }) };
  });
}

/**
 * Joins lines so that as many as possible stand on the line that they come from, where a stack trace looks for them.
 * What has no place there, as what the compiler has put before all else, joins the line above. The compiler prints every
 * semicolon and no comments, so that its lines may be joined.
 */
export function aligned(lines: readonly Line[]): string {
  const anchors = longestAscent(lines);
  let code = '';
  let at = 0;
  for (const line of lines) {
    const { text, isInTemplate, origin = 0 } = line;
    const missing = isInTemplate ? 1 : anchors.has(line) ? Math.max(0, origin - at) : 0;
    code += (missing > 0 ? '\n'.repeat(missing) : ' ') + (isInTemplate ? text : text.trimStart());
    at += missing;
  }
  return code.trim();
}

/** @returns as many lines as possible whose origins ascend */
function longestAscent(lines: readonly Line[]): Set<Line> {
  // Of the ascents of each length so far, the last line of the one that ends lowest.
  const last: Line[] = [];
  const before = new Map<Line, Line | undefined>();
  for (const line of lines) {
    const { origin } = line;
    if (origin === undefined) continue;
    const higher = last.findIndex((each) => each.origin! > origin);
    const length = higher < 0 ? last.length : higher;
    before.set(line, last[length - 1]);
    last[length] = line;
  }
  const ascent = new Set<Line>();
  for (let line = last.at(-1); line; line = before.get(line)) ascent.add(line);
  return ascent;
}

function linesInTemplates(code: string): Set<number> {
  const sourceFile = ts.createSourceFile('piece.js', code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const lineAt = (position: number) => sourceFile.getLineAndCharacterOfPosition(position).line;
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (!ts.isTemplateLiteralToken(node)) return ts.forEachChild(node, visit);
    for (let line = lineAt(node.getStart(sourceFile)) + 1; line <= lineAt(node.end); line++) lines.add(line);
  };
  visit(sourceFile);
  return lines;
}
