/**
 * Notebook to pipeline: the chain.
 *
 *     ipynb -> parseNotebook -> parseCells -> analyseCells -> dataflow -> buildPipeline -> checkPipeline -> Pipeline
 */
import type { Pipeline } from '@tagflow/schema';
import { NotebookDocument } from '../language/facts-document.js';
import { Language } from '../language/language.js';
import { buildPipeline } from './build.js';
import { parseCells } from './cells.js';
import { checkPipeline } from './check.js';
import { analyseCells } from './code.js';
import { dataflow } from './dataflow.js';
import { pipelineName } from './name.js';
import { NotebookError, readNotebook, parseNotebook } from './notebook.js';
import type { Notebook } from './types.js';

export { NotebookError } from './notebook.js';
export { pipelineName } from './name.js';

export interface PipelineOptions {
  /** The notebook's folder: packages, local files and tsconfig.json are looked up from there. */
  directory: string;
  /** Name of the pipeline, or the notebook's file name; `metadata.tagflow.name` wins. */
  name: string;
  /** What an earlier analysis of the same notebook left behind: only what changed since costs anything. */
  document?: NotebookDocument;
  /** Compiler options and files read so far. */
  language?: Language;
}

export interface Analysis {
  pipeline: Pipeline;
  /** To be handed in when the notebook is looked at again. */
  document: NotebookDocument;
}

/**
 * The whole chain, from the text of an .ipynb file, or the notebook that it holds.
 *
 * @throws NotebookError when it is no notebook; everything else that is wrong is in `pipeline.diagnostics`
 */
export function pipelineOf(notebook: string | object, options: PipelineOptions): Analysis {
  const document =
    options.document ?? new NotebookDocument(options.language ?? new Language(options.directory));
  const parsed = typeof notebook === 'string' ? parseNotebook(notebook) : readNotebook(notebook);
  try {
    return { pipeline: pipelineFrom(parsed, options.name, document), document };
  } catch (error) {
    if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) throw error;
    throw new NotebookError(
      'The code of a cell is nested too deeply to be read. Data of such a form belongs in a file.',
    );
  }
}

function pipelineFrom(notebook: Notebook, name: string, document: NotebookDocument): Pipeline {
  const cells = parseCells(notebook);
  const code = analyseCells(cells.cells, document);
  const flow = dataflow(code, cells.settings.defaults);
  const pipeline = buildPipeline(cells.settings.name ?? pipelineName(name), code, flow);
  return {
    ...pipeline,
    diagnostics: checkPipeline({ notebook, problems: document.problems, cells, code, flow, pipeline }),
  };
}
