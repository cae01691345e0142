/** Declared files by what is in them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * sha256 of each declared file, by its path relative to the notebook; of a folder each file in it. A file that is not
 * there is left out: the step that needs it fails and says so. So it does where one cannot be read, which says that
 * instead, so that what was made without it does not stand.
 */
export async function dataFilesOf(
  files: readonly string[],
  directory: string,
): Promise<Record<string, string>> {
  const digests = new Map<string, string>();
  for (const file of files)
    await addFile(normalize(file).replaceAll('\\', '/').replace(/\/$/, ''), directory, digests);
  return Object.fromEntries([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function addFile(path: string, directory: string, digests: Map<string, string>): Promise<void> {
  const file = join(directory, path);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    const names = await readdir(file).catch(() => undefined);
    if (!names) digests.set(path, UNREADABLE);
    // An empty folder is there too.
    else if (names.length === 0) digests.set(`${path}/`, 'empty');
    for (const name of names ?? []) await addFile(`${path}/${name}`, directory, digests);
  } else if (found?.isFile()) {
    const stamp = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    digests.set(path, await digestOf(file, stamp).catch(() => UNREADABLE));
  }
}

/** Instead of a digest. */
const UNREADABLE = 'cannot be read';

const known = new Map<string, { stamp: string; digest: string }>();

/** Data may be large: it is read again only after a change. */
async function digestOf(file: string, stamp: string): Promise<string> {
  const before = known.get(file);
  if (before?.stamp === stamp) return before.digest;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest('hex');
  known.set(file, { stamp, digest });
  return digest;
}
