import type { Piece, Span } from './facts.js';
import { normalDigest } from './normal.js';
import type ts from './typescript.js';

export function spanOf(node: ts.Node): Span {
  return { start: node.getStart(), end: node.end };
}

export function pieceOf(node: ts.Node): Piece {
  return { ...spanOf(node), normal: normalDigest(node) };
}
