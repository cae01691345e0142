import type ts from './typescript.js';

/** Declaration files that were parsed, and bound, for somebody who is gone, by file name. */
const prepared = new Map<string, ts.SourceFile>();

/** Keeps those among the files for whoever asks next; nobody else may use them any more. */
export function prepareFiles(files: Iterable<ts.SourceFile>): void {
  for (const file of files) if (file.isDeclarationFile) prepared.set(file.fileName, file);
}

/** The file, if it is still what was parsed: options of a project make no other tree of declarations. */
export function takePrepared(
  fileName: string,
  text: string,
  { languageVersion, impliedNodeFormat }: ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  const file = prepared.get(fileName);
  prepared.delete(fileName);
  const isSame =
    file?.text === text &&
    file.languageVersion === languageVersion &&
    file.impliedNodeFormat === impliedNodeFormat;
  return isSame ? file : undefined;
}
