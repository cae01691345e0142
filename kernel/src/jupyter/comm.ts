/** What the extension asks over the comm `tagflow`: a table of what each request does. */
import {
  validateReply,
  validateRequest,
  type ArtifactReply,
  type Pipeline,
  type Reply,
  type Request,
} from '@tagflow/schema';
import { type PastRun, pastRun, pastRuns, storesOf } from '../cluster/past-run.js';
import { PipelineErrors } from '../run/index.js';
import { askStaleness } from '../run/staleness-question.js';
import { findArtifact, jsonForm, readArtifact, readLog, readPipeline } from '../store/index.js';
import { withoutSources } from './comm-pipeline.js';
import { CommCluster } from './comm-cluster.js';
import { type Analysed, CommRuns } from './comm-runs.js';
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
  private readonly cluster: CommCluster;
  /** The notebook's pipeline as of the last analysis, with its sources. */
  private analysed: Pipeline | undefined;

  constructor(private readonly options: TagflowCommOptions) {
    const { compiler, directory } = options;
    const analysed: Analysed = ({ notebook, path }) => compiler.analyse({ notebook, path });
    this.cluster = new CommCluster(directory, analysed);
    this.runs = new CommRuns(directory, analysed, this.cluster);
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
      await this.runs.stop(run);
      answer({ type: 'stopped', id });
    },
    cluster: ({ id }, answer) => this.cluster.cluster(id, answer),
    configure: (request, answer) => this.cluster.configure(request, answer),
    doctor: (request, answer) => this.cluster.doctor(request, answer),
    submit: (request, answer) => this.cluster.submit(request, answer),
    watch: (request, answer) => this.cluster.watch(request, answer),
    export: (request, answer) => this.cluster.export(request, answer),
    runs: async ({ id, limit, pipeline }, answer) => {
      const onUnreadable = (): void => undefined; // what is readable is shown
      const stores = storesOf(this.options.directory);
      answer({ type: 'runs', id, runs: await pastRuns(stores, { limit, pipeline, onUnreadable }) });
    },
    show: async ({ id, run: name }, answer) => {
      const { store, run } = await this.found(name);
      const document = withoutSources(await readPipeline(store, run));
      answer({ type: 'run', id, run, document, done: true });
    },
    logs: async ({ id, run, step }, answer) => {
      const entries = await readLog((await this.found(run)).store, run, step);
      for (const { stream, text } of entries)
        answer({ type: 'log', id, run, step, stream, text, done: false });
      answer({ type: 'log', id, run, step, stream: 'stdout', text: '', done: true });
    },
    artifact: async ({ id, run: name, step, name: wanted }, answer) => {
      const { store, run } = await this.found(name);
      const artifact = findArtifact(run.steps.find((each) => each.name === step)?.outputs ?? [], wanted);
      if (!artifact) throw new Error(`The step "${step}" of run ${name} has kept no artifact "${wanted}".`);
      const small = artifact.size <= VALUE_BYTES;
      const form = small ? jsonForm(await readArtifact(store, artifact.digest), VALUE_JSON) : undefined;
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
    this.cluster.end();
    return this.runs.stopAll();
  }

  private found(run: string): Promise<PastRun> {
    return pastRun(this.options.directory, run);
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
