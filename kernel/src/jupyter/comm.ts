/** What the extension asks over the comm `tagflow`: a table of what each request does. */
import {
  validateReply,
  validateRequest,
  type ArtifactReply,
  type Pipeline,
  type Reply,
  type Request,
} from '@tagflow/schema';
import { PipelineErrors } from '../run/index.js';
import { askStaleness } from '../run/staleness-question.js';
import {
  findArtifact,
  jsonForm,
  listRuns,
  openStore,
  readArtifact,
  readLog,
  readPipeline,
  readRun,
} from '../store/index.js';
import { withoutSources } from './comm-pipeline.js';
import { CommRuns } from './comm-runs.js';
import type { Compiler } from './compiler.js';

/** Sends a reply to who asked. */
export type Answer = (reply: Reply) => void;

type Handlers = {
  [Type in Request['type']]: (request: Extract<Request, { type: Type }>, answer: Answer) => Promise<void>;
};

export interface TagflowCommOptions {
  /** The notebook's. */
  directory: string;
  compiler: Pick<Compiler, 'analyse'>;
}

const VALUE_BYTES = 1_000_000; // of the encoding: larger artifacts are not decoded in the kernel
const VALUE_JSON = 100_000; // characters

export class TagflowComm {
  private readonly runs: CommRuns;
  /** The notebook's pipeline as of the last analysis, with its sources. */
  private analysed: Pipeline | undefined;

  constructor(private readonly options: TagflowCommOptions) {
    const { compiler, directory } = options;
    this.runs = new CommRuns(directory, ({ notebook, path }) => compiler.analyse({ notebook, path }));
  }

  private readonly handlers: Handlers = {
    analyse: async ({ id, notebook, path }, answer) => {
      this.analysed = await this.options.compiler.analyse({ notebook, path });
      answer({ type: 'pipeline', id, pipeline: withoutSources(this.analysed) });
    },
    run: (request, answer) => this.runs.run(request, answer),
    resume: (request, answer) => this.runs.resume(request, answer),
    retry: (request, answer) => this.runs.retry(request, answer),
    stale: async ({ id, parameters }, answer) => {
      if (!this.analysed) throw new Error('The notebook has not been analysed yet: ask for that first.');
      const { directory } = this.options;
      const steps = await askStaleness({ pipeline: this.analysed, directory, parameters });
      answer({ type: 'stale', id, steps });
    },
    stop: async ({ id, run }, answer) => {
      this.runs.stop(run);
      answer({ type: 'stopped', id });
    },
    runs: async ({ id, limit, pipeline }, answer) => {
      answer({ type: 'runs', id, runs: await listRuns(this.store(), { limit, pipeline }) });
    },
    show: async ({ id, run: name }, answer) => {
      const run = await readRun(this.store(), name);
      const document = withoutSources(await readPipeline(this.store(), run));
      answer({ type: 'run', id, run, document, done: true });
    },
    logs: async ({ id, run, step }, answer) => {
      const entries = await readLog(this.store(), run, step);
      for (const { stream, text } of entries)
        answer({ type: 'log', id, run, step, stream, text, done: false });
      answer({ type: 'log', id, run, step, stream: 'stdout', text: '', done: true });
    },
    artifact: async ({ id, run: name, step, name: wanted }, answer) => {
      const run = await readRun(this.store(), name);
      const artifact = findArtifact(run.steps.find((each) => each.name === step)?.outputs ?? [], wanted);
      if (!artifact) throw new Error(`The step "${step}" of run ${name} has kept no artifact "${wanted}".`);
      const small = artifact.size <= VALUE_BYTES;
      const form = small
        ? jsonForm(await readArtifact(this.store(), artifact.digest), VALUE_JSON)
        : undefined;
      answer({ type: 'artifact', id, artifact, ...(form as Pick<ArtifactReply, 'value'> | undefined) });
    },
  };

  /** Answers one message; whatever is wrong with it or goes wrong is an answer too. */
  async receive(data: unknown, send: Answer): Promise<void> {
    if (!validateRequest(data)) {
      const message = `The kernel does not know this request (${faults(validateRequest)}). Are both of one version?`;
      send({ type: 'error', id: idOf(data), message });
      return;
    }
    try {
      const handle = this.handlers[data.type] as (request: Request, answer: Answer) => Promise<void>;
      await handle(data, (reply) => send(validated(reply)));
    } catch (error) {
      const diagnostics = error instanceof PipelineErrors ? { diagnostics: error.diagnostics } : {};
      send({ type: 'error', id: data.id, message: (error as Error).message, ...diagnostics });
    }
  }

  /** Stops the runs that were started here, and waits for their records. */
  end(): Promise<void> {
    return this.runs.stopAll();
  }

  private store(): ReturnType<typeof openStore> {
    return openStore(this.options.directory);
  }
}

function validated(reply: Reply): Reply {
  if (!validateReply(reply))
    throw new Error(`The kernel's answer has a wrong form (${faults(validateReply)}).`);
  return reply;
}

function idOf(data: unknown): string {
  const id = (data as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : '';
}

function faults({ errors }: typeof validateRequest | typeof validateReply): string {
  const deepest = [...(errors ?? [])]
    .sort((a, b) => b.instancePath.length - a.instancePath.length)
    .slice(0, 2);
  return deepest.map(({ instancePath, message }) => `${instancePath || 'the message'} ${message}`).join(', ');
}
