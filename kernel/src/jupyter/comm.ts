/** What the extension asks over the comm `tagflow`: a table of what each request does. */
import { validateReply, validateRequest, type Pipeline, type Reply, type Request } from '@tagflow/schema';
import { PipelineErrors } from '../run/index.js';
import { askStaleness } from '../run/staleness/question.js';
import { CommCluster } from './comm-cluster.js';
import { withoutSources } from './comm-pipeline.js';
import { pastRunHandlers } from './comm-past.js';
import type { Analysed, Answer, Handlers } from './comm-request.js';
import { CommRuns } from './comm-runs.js';
import type { Compiler } from './compiler.js';

export interface TagflowCommOptions {
  /** The notebook's. */
  directory: string;
  compiler: Pick<Compiler, 'analyse'>;
}

export class TagflowComm {
  private readonly handlers: Handlers;
  private readonly runs: CommRuns;
  private readonly cluster: CommCluster;
  /** The notebook's pipeline as of the last analysis, with its sources. */
  private analysed: Pipeline | undefined;

  constructor(private readonly options: TagflowCommOptions) {
    const { compiler, directory } = options;
    const analysed: Analysed = ({ notebook, path }) => compiler.analyse({ notebook, path });
    this.cluster = new CommCluster(directory, analysed);
    this.runs = new CommRuns(directory, analysed, this.cluster);
    this.handlers = this.table();
  }

  private table(): Handlers {
    const { cluster, runs } = this;
    const { compiler, directory } = this.options;
    return {
      analyse: async ({ id, notebook, path }, answer) => {
        this.analysed = await compiler.analyse({ notebook, path });
        answer({ type: 'pipeline', id, pipeline: withoutSources(this.analysed) });
      },
      run: (request, answer) => runs.run(request, answer),
      resume: (request, answer) => runs.resume(request, answer),
      retry: (request, answer) => runs.retry(request, answer),
      stale: async ({ id, parameters }, answer) => {
        if (!this.analysed) throw new Error('The notebook has not been analysed yet: ask for that first.');
        const steps = await askStaleness({ pipeline: this.analysed, directory, parameters });
        answer({ type: 'stale', id, steps });
      },
      stop: async ({ id, run }, answer) => {
        await runs.stop(run);
        answer({ type: 'stopped', id });
      },
      cluster: ({ id }, answer) => cluster.cluster(id, answer),
      configure: (request, answer) => cluster.configure(request, answer),
      doctor: (request, answer) => cluster.doctor(request, answer),
      submit: (request, answer) => cluster.submit(request, answer),
      watch: (request, answer) => cluster.watch(request, answer),
      export: (request, answer) => cluster.export(request, answer),
      ...pastRunHandlers(directory),
    };
  }

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
