import type { Completion } from '../messages.js';
import { pastNameAt } from './past-name.js';
import type { Probe, Session } from './session.js';
import ts from '../typescript.js';

/** Enough to choose from; a list of all globals would only be carried around. */
const LIMIT = 500;

/** Offered wherever a type may stand, and as nothing else. */
const TYPE_KEYWORD = 'readonly';

/** Internal to the compiler: what a language service would ask, of a program that exists already. */
interface CompletionsApi {
  getCompletionsAtPosition(
    host: object,
    program: ts.Program,
    log: (message: string) => void,
    sourceFile: ts.SourceFile,
    position: number,
    preferences: ts.UserPreferences,
    triggerKind: undefined,
  ): ts.CompletionInfo | undefined;
}

const { Completions } = ts as unknown as { Completions: CompletionsApi };

/**
 * What could stand at a place in a cell that is being written.
 * @param offset in UTF-16 code units
 */
export function complete(session: Session, id: string, source: string, offset: number): Completion {
  const word = offset - /[\p{L}\p{N}_$#]*$/u.exec(source.slice(0, offset))![0].length;
  const probe = session.probe(id, source);
  const { past, range } = pastNameAt(session, id, source, offset, probe) ?? {};
  const [start, end] = range ?? [word, offset];
  const typed = source.slice(word, offset).toLowerCase();
  const entries = range ? [] : entriesAt(session, id, probe, offset);
  const matching = entries.filter(({ name }) => name.toLowerCase().startsWith(typed)).slice(0, LIMIT);
  const kinds = matching.map(({ name, kind }) => ({ text: name, type: kind }));
  return { matches: kinds.map(({ text }) => text), kinds, past, start, end };
}

function entriesAt(
  session: Session,
  id: string,
  { program, sourceFile, offset: before, host }: Probe,
  offset: number,
): { name: string; kind: string }[] {
  const position = before + offset;
  const languageHost = {
    getCompilationSettings: () => program.getCompilerOptions(),
    getCurrentDirectory: () => host.getCurrentDirectory(),
    getDirectories: (folder: string) => host.getDirectories(folder),
    directoryExists: (folder: string) => host.directoryExists(folder),
    fileExists: (name: string) => host.fileExists(name),
    readFile: (name: string) => host.readFile(name),
    readDirectory: ts.sys.readDirectory,
    realpath: (path: string) => host.realpath(path),
    useCaseSensitiveFileNames: () => true,
  };
  const found = Completions.getCompletionsAtPosition(
    languageHost,
    program,
    () => undefined,
    sourceFile,
    position,
    { includeCompletionsForModuleExports: false, includeCompletionsWithInsertText: false },
    undefined,
  );
  const entries = (found?.entries ?? [])
    .filter(({ insertText }) => insertText === undefined)
    .map(({ name, kind, sortText }) => ({ name, kind: String(kind), sortText }));
  const inType = !found?.isGlobalCompletion && entries.some(({ name }) => name === TYPE_KEYWORD);
  if (found?.isGlobalCompletion || inType) {
    // Names of other cells are imported only once the cell uses them.
    const known = new Set(entries.map(({ name }) => name));
    const others = session
      .visibleNames(id)
      .filter(({ name, type, namespace }) => !known.has(name) && (!inType || type || namespace));
    entries.unshift(...others.map(({ name, kind }) => ({ name, kind, sortText: '11' })));
  }
  return entries.sort((a, b) => a.sortText.localeCompare(b.sortText));
}
