/** The notebook that a command names. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './failure.js';

export interface NotebookFile {
  text: string;
  path: string;
  directory: string;
}

/** Throws UsageError if there is no such file. */
export async function readNotebookFile(path: string): Promise<NotebookFile> {
  const file = resolve(path);
  try {
    return { text: await readFile(file, 'utf8'), path: file, directory: dirname(file) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new UsageError(`${path} is a folder; give the path of a notebook (.ipynb).`);
    throw new UsageError(`${path} cannot be read: the system says ${code}.`);
  }
}
