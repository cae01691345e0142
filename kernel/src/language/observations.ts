/**
 * What an analysis saw of the file system: its answer stands for as long as the same questions have the same answers.
 * After the verifying traces of build systems (Mokhov, Mitchell, Peyton Jones: Build Systems à la Carte, 2018).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import type ts from 'typescript';

/** Answers by questions, such as `contents /project/helper.ts`. */
export type Observations = Record<string, string>;

/** The part of `ts.System` that looks at files. */
type Files = Pick<ts.System, 'readFile' | 'fileExists' | 'directoryExists' | 'getDirectories' | 'realpath'>;

const QUESTIONS = {
  file: (path: string): string => String(stat(path)?.isFile() ?? false),
  folder: (path: string): string => String(stat(path)?.isDirectory() ?? false),
  folders: (path: string): string => JSON.stringify(foldersIn(path)),
  place: (path: string): string => realpathSync.native(path),
  contents: contentsOf,
};

type Question = keyof typeof QUESTIONS;

/** Which question each of the compiler's asks. */
const ASKED = {
  readFile: 'contents',
  fileExists: 'file',
  directoryExists: 'folder',
  getDirectories: 'folders',
  realpath: 'place',
} as const satisfies Record<keyof Files, Question>;

/**
 * Runs `work` and writes down what it asks.
 * @returns its result with the observations; without, if a file changed while it ran
 */
export function observing<T>(files: Files, work: () => T): { result: T; observations?: Observations } {
  const observations: Observations = {};
  let isSteady = true;
  const before = { ...files };
  for (const [name, question] of Object.entries(ASKED) as [keyof Files, Question][]) {
    const ask = files[name] as (path: string, ...more: unknown[]) => never;
    // Answered first: what changes between the two is found out when the observation is looked at again.
    files[name] = (path: string, ...more: unknown[]): never => {
      const seen = answer(question, path);
      isSteady &&= (observations[`${question} ${path}`] ??= seen) === seen;
      return ask(path, ...more);
    };
  }
  try {
    const result = work();
    return { result, ...(isSteady ? { observations } : {}) };
  } finally {
    Object.assign(files, before);
  }
}

/** Whether everything is as it was. */
export function isUnchanged(observations: Observations): boolean {
  return Object.entries(observations).every(([asked, seen]) => {
    const [question, ...path] = asked.split(' ');
    return answer(question as Question, path.join(' ')) === seen;
  });
}

function answer(question: Question, path: string): string {
  try {
    return QUESTIONS[question](path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** Of packages size and times, for there are many files and they are not written by hand; else a digest. */
function contentsOf(path: string): string {
  if (!/[\\/]node_modules[\\/]/.test(path))
    return createHash('sha256').update(readFileSync(path)).digest('base64url');
  const { size, mtimeMs, ctimeMs } = statSync(path);
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

function foldersIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isFile())
    .map(({ name }) => name)
    .sort();
}

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
