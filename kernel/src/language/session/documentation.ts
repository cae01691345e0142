import ts from '../typescript.js';

/**
 * The documentation of a symbol. The compiler reads files without their comments, which saves a third of the time, so
 * the comment before a declaration is parsed when somebody asks.
 */
export function documentationOf(symbol: ts.Symbol): string {
  const texts = (symbol.declarations ?? []).map((node) => commentOf(node)).filter(Boolean);
  return [...new Set(texts)].join('\n\n');
}

function commentOf(declaration: ts.Declaration): string {
  const node = documented(declaration);
  const { text } = node.getSourceFile();
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const comment = ranges
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((part) => part.startsWith('/**'))
    .at(-1);
  if (!comment) return '';
  const options = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseAll };
  const file = ts.createSourceFile('comment.ts', `${comment}\nlet it;`, options, true);
  const [parsed] = ts.getJSDocCommentsAndTags(file.statements[0]!).filter(ts.isJSDoc);
  if (!parsed) return '';
  const tags = (parsed.tags ?? []).map((tag) => tagText(tag, file));
  return [ts.getTextOfJSDocComment(parsed.comment) ?? '', tags.join('\n')].filter(Boolean).join('\n\n');
}

function tagText(tag: ts.JSDocTag, file: ts.SourceFile): string {
  const name = ts.isJSDocParameterTag(tag) ? ` ${tag.name.getText(file)}` : '';
  const comment = ts.getTextOfJSDocComment(tag.comment) ?? '';
  return `@${tag.tagName.text}${name} ${comment}`.trimEnd();
}

/** The comment of a variable stands before its statement. */
function documented(node: ts.Declaration): ts.Node {
  const isVariable = ts.isVariableDeclaration(node) && ts.isVariableDeclarationList(node.parent);
  return isVariable && ts.isVariableStatement(node.parent.parent) ? node.parent.parent : node;
}
