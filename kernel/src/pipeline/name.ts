import { createHash } from 'node:crypto';

const LONGEST = 40;
const DIGEST = 6;

/**
 * A name for a pipeline, as a DNS label of at most 40 characters, from the name of a notebook's file. What it cannot hold
 * of letters and digits, of other scripts or beyond that length, a digest stands for: no two files share a name for that.
 */
export function pipelineName(fileName: string): string {
  const base = fileName
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.ipynb$/i, '');
  const plain = base.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[ßẞ]/g, 'ss');
  const words = plain
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  // A label begins with a letter.
  const label = (/^[a-z]/.test(words[0] ?? '') ? words : ['notebook', ...words]).join('-');
  const isWhole = label.length <= LONGEST && !/[\p{L}\p{N}]/u.test(plain.replace(/[a-z0-9]/gi, ''));
  if (isWhole) return label;
  const start = label.slice(0, LONGEST - DIGEST - 1).replace(/-+$/, '');
  return `${start}-${createHash('sha256').update(base.normalize('NFC')).digest('hex').slice(0, DIGEST)}`;
}
