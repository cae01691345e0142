/** Documents as YAML for a repository: read by people, the same bytes each time. */
import { stringify } from 'yaml';

/**
 * @param comment lines that say what it is, for the top
 */
export function yamlOf(documents: readonly object[], comment: readonly string[] = []): string {
  const head = comment.map((line) => `# ${line}`.trimEnd() + '\n').join('');
  // Without a width, so that no text is broken; without aliases, which not all readers of YAML follow.
  const texts = documents.map((document) =>
    stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' }),
  );
  return head + texts.join('---\n');
}
