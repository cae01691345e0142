import { createHash } from 'node:crypto';

const LONGEST = 40;
const DIGEST = 6;

/**
 * A name for a pipeline, as a DNS label of at most 40 characters, from the name of a notebook's file. Case, accents and
 * what stands between words do not count; for letters and digits that it cannot hold, of other scripts or beyond that
 * length, and for pictures a digest stands.
 */
export function pipelineName(fileName: string): string {
  const base = fileName
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.ipynb$/i, '');
  const plain = unaccented(base);
  const words = plain
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  // A label begins with a letter.
  const label = (/^[a-z]/.test(words[0] ?? '') ? words : ['notebook', ...words]).join('-');
  const isWhole = label.length <= LONGEST && !/[\p{L}\p{N}\p{So}]/u.test(plain.replace(/[a-z0-9]/gi, ''));
  if (isWhole) return label;
  const start = label.slice(0, LONGEST - DIGEST - 1).replace(/-+$/, '');
  return `${start}-${createHash('sha256').update(base.normalize('NFC')).digest('hex').slice(0, DIGEST)}`;
}

/** Letters without their accents, as far as Latin ones are in them. */
export function unaccented(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/[ßẞ]/g, 'ss');
}
