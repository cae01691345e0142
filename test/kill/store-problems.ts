/** Whether a store is whole, looked at from outside: file by file, without the code that reads it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import {
  validateAttemptEnd,
  validateAttemptStart,
  validateCacheEntry,
  validateRunEnd,
  validateRunStart,
} from '@tagflow/schema';

type Validate = (data: unknown) => boolean;

/** Of records by where they lie. */
const RECORDS: [RegExp, Validate][] = [
  [/^runs\/[^/]+\/[^/]+\/start\.json$/, validateRunStart],
  [/^runs\/[^/]+\/[^/]+\/end\.json$/, validateRunEnd],
  [/^runs\/.+\/\d+(\.\d+)?\/\d+\/start\.json$/, validateAttemptStart],
  [/^runs\/.+\/\d+(\.\d+)?\/\d+\/end\.json$/, validateAttemptEnd],
  [/^keys\//, validateCacheEntry],
  [/^runs\/[^/]+\/[^/]+\/notebook\.ipynb$/, (data) => typeof data === 'object'],
  [/^store\.json$/, (data) => typeof data === 'object'],
];
const DIGEST = /^[0-9a-f]{64}$/;

/** Sentences; none if every record parses, every blob has its digest, and every digest in a record has its blob. */
export function problemsOf(location: string): string[] {
  const problems: string[] = [];
  const blobs = new Set<string>();
  const named = new Map<string, string>();
  for (const path of filesIn(location)) {
    if (path.endsWith('.tmp')) continue;
    if (path.startsWith('blobs/')) {
      const digest = createHash('sha256')
        .update(readFileSync(join(location, path)))
        .digest('hex');
      if (digest !== basename(path)) problems.push(`${path} has other bytes`);
      blobs.add(digest);
    }
    if (path.startsWith('programs/')) {
      const digest = createHash('sha256')
        .update(readFileSync(join(location, path)))
        .digest('hex');
      if (`${digest}.mjs` !== basename(path)) problems.push(`${path} has other bytes`);
    }
    const validate = RECORDS.find(([where]) => where.test(path))?.[1];
    if (!validate) continue;
    const record = parsed(readFileSync(join(location, path), 'utf8'));
    if (!validate(record)) problems.push(`${path} does not parse`);
    for (const digest of digestsIn(record)) named.set(digest, path);
  }
  for (const [digest, path] of named)
    if (!blobs.has(digest)) problems.push(`${path} names ${digest}, which has no blob`);
  return problems;
}

function filesIn(location: string): string[] {
  if (!existsSync(location)) return [];
  const entries = readdirSync(location, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(location, join(entry.parentPath, entry.name)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All digests that a record names, but for keys. */
function digestsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return DIGEST.test(value) && name !== 'key' ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => digestsIn(each, key));
}
