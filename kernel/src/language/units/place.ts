import type { ImportFact, PlaceFacts } from '../facts.js';
import { impureUses } from './impurity.js';
import ts from '../typescript.js';

const FILE_MODULES = /^(node:)?fs(\/promises)?$/;

/** Adds what a use of a global or of an imported name says about the place in which the code runs. */
export function addPlaceFacts(use: ts.Identifier, origin: ImportFact | 'global', facts: PlaceFacts): void {
  facts.impure.push(...impureUses(use, origin));
  if (origin === 'global') {
    if (use.text === 'process') addEnvironment(use, facts);
  } else if (FILE_MODULES.test(origin.specifier)) {
    addPath(use, facts);
  } else if (/^(node:)?process$/.test(origin.specifier)) {
    if (origin.name === 'env') addVariables(use, facts);
    else addEnvironment(use, facts);
  } else if (origin.specifier === 'tagflow') {
    addDeclaredFile(use, origin, facts);
  }
}

/** `process.env.X`, `process.env['X']`, `const { X } = process.env`. */
function addEnvironment(use: ts.Identifier, facts: PlaceFacts): void {
  const { parent } = use;
  const isEnv =
    ts.isPropertyAccessExpression(parent) && parent.expression === use && parent.name.text === 'env';
  if (isEnv) addVariables(parent, facts);
}

function addVariables(env: ts.Expression, facts: PlaceFacts): void {
  const { parent } = env;
  const add = (node: ts.Node, variable: string) => {
    if (isAssigned(node)) facts.assigned.push(variable);
    else facts.environment.push({ variable, start: node.getStart(), end: node.end });
  };
  if (ts.isPropertyAccessExpression(parent) && parent.expression === env) {
    add(parent, parent.name.text);
  } else if (ts.isElementAccessExpression(parent) && parent.expression === env) {
    const name = parent.argumentExpression;
    if (ts.isStringLiteralLike(name)) add(parent, name.text);
  } else if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name)) {
    for (const element of parent.name.elements) {
      const name = element.propertyName ?? element.name;
      if (ts.isIdentifier(name) && !element.dotDotDotToken) add(element, name.text);
    }
  }
}

function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  const isTarget = ts.isBinaryExpression(parent) && parent.left === node;
  return (
    (isTarget && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) || ts.isDeleteExpression(parent)
  );
}

/** `readFileSync('data.csv')`, `fs.promises.readFile('./data.csv')`: the first argument is a literal relative path. */
function addPath(use: ts.Identifier, facts: PlaceFacts): void {
  const call = callOn(use);
  const path = call?.arguments[0];
  if (!call || !path || !ts.isStringLiteralLike(path) || !isRelative(path.text)) return;
  const text = `${call.expression.getText()}(${path.getText()})`;
  facts.paths.push({ path: path.text, call: text, start: call.getStart(), end: call.end });
}

function isRelative(path: string): boolean {
  return path !== '' && !/^([/\\~]|[a-z][a-z0-9+.-]*:)/i.test(path);
}

/** `file('./data.csv')` of the library. */
function addDeclaredFile(use: ts.Identifier, origin: ImportFact, facts: PlaceFacts): void {
  const call = callOn(use);
  if (!call) return;
  const callee = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : origin.name;
  const path = call.arguments[0];
  if (callee === 'file' && path && ts.isStringLiteralLike(path)) facts.files.push(path.text);
}

/** The call of the name, or of something that is reached from it: `fs.promises.readFile(…)`. */
function callOn(use: ts.Identifier): ts.CallExpression | undefined {
  let node: ts.Expression = use;
  while (ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node) node = node.parent;
  return ts.isCallExpression(node.parent) && node.parent.expression === node ? node.parent : undefined;
}
