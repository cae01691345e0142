/** What an export may replace: only what an earlier one made, which says so. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MADE_BY } from '../export/made-by.js';

/** What is in the way of an export; the message names it. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/**
 * @param names of what would be replaced in the folder
 * @param sign the file in it that says that all are ours; if absent, each says so itself
 * @throws ExportError if there is one that is not ours
 */
export async function checkReplaceable(
  folder: string,
  names: readonly string[],
  sign?: string,
): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    if (!existsSync(path) || (await isOurs(join(folder, sign ?? name)))) continue;
    throw new ExportError(
      `${path} is there already, and \`tagflow export\` did not make it. Nothing was written: choose another folder, or move it away.`,
    );
  }
}

/** Whether a file was written by an export. */
export async function isOurs(path: string): Promise<boolean> {
  return (await readFile(path, 'utf8').catch(() => '')).includes(MADE_BY);
}
