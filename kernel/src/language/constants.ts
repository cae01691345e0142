import type { CellBinding } from './binding.js';
import type { Linked } from './link.js';
import { namesLocalFiles } from './local-files.js';
import ts from './typescript.js';

interface Cell {
  binding: CellBinding;
  linked: Linked;
}

/**
 * The compiler computes constants where it needs their values and not only their types: in `${…}` and in enums. It does
 * so across cells, so that a cell with such a place depends on the code of constants far above it: `const n = m + 1`.
 */
export class Constants {
  private readonly numbers = new Map<string, number>();
  /** By cell and name. */
  private known = new Map<string, number>();

  /** Before each look at the notebook, whose cells may be others by now. */
  begin(): void {
    this.known = new Map();
  }

  /** Stands for the code of all constants that the compiler may compute for a cell; empty where it computes none. */
  of({ binding, linked }: Cell, cells: ReadonlyMap<string, Cell>): string {
    if (!/\$\{|\benum\b/.test(binding.sourceFile.text)) return '';
    return linked.imports.map(({ cell, name }) => this.numberOf(cell, name, cells)).join();
  }

  private numberOf(id: string, name: string, cells: ReadonlyMap<string, Cell>): number {
    const key = `${id}#${name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, 0); // `var` and functions may go round in a circle
    const cell = cells.get(id);
    const text = cell ? this.text(id, name, cell, cells) : '';
    const number = this.numbers.get(text) ?? this.numbers.size;
    this.numbers.set(text, number);
    this.known.set(key, number);
    return number;
  }

  private text(
    id: string,
    name: string,
    { binding, linked }: Cell,
    cells: ReadonlyMap<string, Cell>,
  ): string {
    const declaration = binding.declarations.get(name);
    const node = declaration?.nodes[0];
    if (!declaration || !node) return '';
    const through = (names: Iterable<string>): number[] =>
      [...names].flatMap((each) => {
        if (binding.declarations.has(each)) return this.numberOf(id, each, cells);
        return linked.imports
          .filter((bound) => bound.name === each)
          .map((bound) => this.numberOf(bound.cell, each, cells));
      });
    if (declaration.kind === 'enum' || declaration.kind === 'namespace')
      return JSON.stringify([binding.sourceFile.text, through(binding.free.keys())]);
    // A local file may be another by now.
    if (declaration.kind === 'import') return namesLocalFiles(binding) ? `local ${this.numbers.size}` : '';
    if (declaration.kind !== 'const' || !ts.isVariableDeclaration(node) || node.type || !node.initializer)
      return '';
    const names = new Set<string>();
    if (!isComputed(node.initializer, names)) return '';
    return JSON.stringify([node.initializer.getText(), through(names)]);
  }
}

/** Whether the compiler can compute an expression, as far as its form tells; adds the names that are in it. */
function isComputed(node: ts.Expression, names: Set<string>): boolean {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return true;
  if (ts.isParenthesizedExpression(node)) return isComputed(node.expression, names);
  if (ts.isPrefixUnaryExpression(node)) return isComputed(node.operand, names);
  if (ts.isBinaryExpression(node)) return isComputed(node.left, names) && isComputed(node.right, names);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.every(({ expression }) => isComputed(expression, names));
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
    return isComputed(node.expression, names);
  if (!ts.isIdentifier(node)) return false;
  names.add(node.text);
  return true;
}
