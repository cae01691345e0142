import { basename } from 'node:path';
import type { Analysis } from '../pipeline/index.js';
import { LiveDocument } from '../language/document.js';
import { Language } from '../language/language.js';
import type { Compiled, DocumentCell, Operation, Operations } from '../language/messages.js';
import { report } from '../language/report.js';
import type { CellDiagnostic, CompiledCell, Session } from '../language/session/session.js';

export type Handlers = {
  [Op in Operation]: (
    arg: Operations[Op]['arg'],
  ) => Operations[Op]['value'] | Promise<Operations[Op]['value']>;
};

/** The answers to the language thread's operations, over one live session. */
export function createHandlers(
  directory: string,
  language = new Language(directory),
): { handlers: Handlers; warmUp(options?: WarmUp): void } {
  const session = language.session();
  const compiled = new Map<string, CompiledCell>();
  let document: LiveDocument | undefined;
  let analysis: Analysis | undefined;
  const compile = (id: string, source: string) =>
    session.compile(id, source, { parameters: document?.hasParameters(id) ?? false });
  const handlers: Handlers = {
    compile({ id, source }) {
      document?.note(id, source);
      const cell = compile(id, source);
      if (cell.ok) compiled.set(id, cell);
      return {
        ...answerFor(cell, document?.warnings(cell, session)),
        fresh: document?.beginsAnew(id, session) ?? false,
      };
    },
    commit({ id, unreached }) {
      const cell = compiled.get(id);
      compiled.delete(id);
      if (cell) session.commit(cell, new Set(unreached));
    },
    reset() {
      compiled.clear();
      session.reset();
    },
    async restore({ cells, notebook }) {
      if (notebook) await handlers.document({ cells: await codeCells(notebook) });
      // Also a cell that does not compile any more, since one that it used was run again: its names are there.
      for (const { id, source, unreached } of cells) session.commit(compile(id, source), new Set(unreached));
    },
    document({ cells }) {
      document = new LiveDocument(cells);
      session.reorder(document.ids);
    },
    complete: ({ code, offset, id }) => session.complete(code, offset, id),
    inspect: ({ code, offset, detail, id }) => session.inspect(code, offset, detail, id),
    isComplete: ({ code }) => session.isComplete(code),
    async analyse({ notebook, path }) {
      await handlers.document({ cells: await codeCells(notebook) });
      // The chain is loaded with the first question: a notebook may never be looked at as a pipeline.
      const { pipelineOf } = await import('../pipeline/index.js');
      const name = basename(path ?? 'notebook.ipynb');
      analysis = pipelineOf(notebook, { directory, name, language, document: analysis?.document });
      return analysis.pipeline;
    },
  };
  return { handlers, warmUp: (options) => warmUp(language.session(), options) };
}

function answerFor(cell: CompiledCell, warnings: CellDiagnostic[] = []): Omit<Compiled, 'fresh'> {
  const { ok, names, source } = cell;
  const diagnostics = [...cell.diagnostics, ...warnings];
  const script = ok ? cell.script : { code: '', modules: [], shifts: [] };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { ok, script, names, diagnostics, report: report(source, errors) };
}

/** Ids, sources and roles of a notebook's code cells, whatever else may be wrong with it. */
async function codeCells(notebook: object): Promise<DocumentCell[]> {
  const { parseTags } = await import('@tagflow/schema'); // loaded with the first notebook, and not before the first cell
  const { cells } = notebook as { cells?: RawCell[] };
  return (Array.isArray(cells) ? cells : []).flatMap(({ cell_type: type, id, source = '', metadata }) => {
    if (type !== 'code' || !id) return [];
    const { role, step } = parseTags(metadata?.tags);
    return { id, source: Array.isArray(source) ? source.join('') : source, role, step };
  });
}

interface RawCell {
  cell_type?: string;
  id?: string;
  source?: string | string[];
  metadata?: { tags?: unknown };
}

interface WarmUp {
  /** Whether something is completed, too: that sorts by the rules of a language, which no snapshot can hold. */
  completing?: boolean;
}

/** Compiles what first cells tend to need, so that they find it done. */
function warmUp(session: Session, { completing = true }: WarmUp = {}): void {
  const cell = session.compile(
    'warm',
    'const a: number[] = [1, 2].map((x) => x + 1); console.log(a); await a.length',
  );
  void cell.script;
  session.commit(cell);
  if (completing) session.complete('Math.', 5);
}
