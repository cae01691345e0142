/** Runs on a cluster that the extension submits, follows and stops, and what it asks of the cluster. */
import { basename, join } from 'node:path';
import type {
  ClusterReply,
  ConfigureRequest,
  DoctorRequest,
  ExportRequest,
  Pipeline,
  RetryRequest,
  Run,
  RunStart,
  SubmitRequest,
  WatchRequest,
} from '@tagflow/schema';
import { writeDeployment, writtenDeployment } from '../cluster/configure.js';
import { readDeployment } from '../cluster/deployment.js';
import { pastRun } from '../cluster/past-run.js';
import type { Submitted } from '../cluster/submit.js';
import { readRunStart } from '../store/records.js';
import type { Store } from '../store/store.js';
import { withoutSources } from './comm-pipeline.js';
import type { Analysed, Answer } from './comm-request.js';

type Connection = Submitted['cluster'];
type Submission = Omit<Parameters<typeof submit>[0], 'deployment' | 'tell' | 'trigger'>;

/** The way to a cluster takes a third of a second to load: only what asks for it pays. */
const submit: (typeof import('../cluster/submit.js'))['submitRun'] = async (options) =>
  (await import('../cluster/submit.js')).submitRun(options);
const connect: (typeof import('../cluster/kubernetes.js'))['connect'] = async (deployment) =>
  (await import('../cluster/kubernetes.js')).connect(deployment);

export class CommCluster {
  /** Left off when the kernel ends; the runs go on. */
  private readonly leave = new AbortController();

  /** @param directory the notebook's */
  constructor(
    private readonly directory: string,
    private readonly analysed: Analysed,
  ) {}

  async cluster(id: string, answer: Answer): Promise<void> {
    answer({ type: 'cluster', id, ...(await this.place()) });
  }

  /** @throws DeploymentError if the settings cannot be used or written */
  async configure({ id, deployment }: ConfigureRequest, answer: Answer): Promise<void> {
    await writeDeployment(this.directory, deployment);
    await this.cluster(id, answer);
  }

  async doctor({ id, roundTrip, notebook }: DoctorRequest, answer: Answer): Promise<void> {
    const { examine } = await import('../cluster/doctor.js');
    const { directory } = this;
    const { settingsOf } = await import('../pipeline/cells.js');
    const isWell = await examine({
      deployment: readDeployment(directory),
      directory,
      settings: notebook && settingsOf(JSON.stringify(notebook)).cluster,
      roundTrip,
      onCheck: (what) => answer({ type: 'finding', id, what, state: 'checking', text: '', done: false }),
      onFinding: ({ what, ok, text }) =>
        answer({ type: 'finding', id, what, state: ok ? 'ok' : 'failed', text, done: false }),
    });
    answer({
      type: 'finding',
      id,
      what: 'all',
      state: isWell ? 'ok' : 'failed',
      text: isWell ? 'Runs can be submitted.' : 'Runs cannot be submitted yet.',
      done: true,
    });
  }

  /** @throws as `exportedFiles` */
  async export(
    { id, notebook, path = 'notebook.ipynb', folder }: ExportRequest,
    answer: Answer,
  ): Promise<void> {
    const { exportedFiles, writeExported } = await import('../cluster/exported.js');
    const { directory } = this;
    const target = join(directory, folder);
    const { files, pipeline } = await exportedFiles({
      notebook: JSON.stringify(notebook),
      path: basename(path),
      directory,
      folder: target,
      pipeline: await this.analysed({ notebook, path }),
      deployment: readDeployment(directory),
      tell: progress(id, answer),
    });
    await writeExported(target, files);
    const warnings = pipeline.diagnostics.filter(({ severity }) => severity === 'warning');
    answer({
      type: 'exported',
      id,
      files: files.map(({ name }) => `${folder}/${name}`),
      warnings: warnings.map(({ message, advice }) => [message, advice].filter(Boolean).join(' ')),
    });
  }

  /** Resolves when the run has ended; its states and logs are answers. */
  async submit(request: SubmitRequest, answer: Answer): Promise<void> {
    const { id, notebook, path, parameters, cache } = request;
    const pipeline = await this.analysed(request);
    const { directory } = this;
    const what = { notebook: JSON.stringify(notebook), path, directory, parameters, cache, pipeline };
    await this.carryOut(id, what, readDeployment(directory), answer);
  }

  /** Goes on with a run where it was. */
  async goOn(
    id: string,
    what: Submission,
    { context, namespace }: NonNullable<Run['cluster']>,
    answer: Answer,
    told?: Pipeline,
  ): Promise<void> {
    await this.carryOut(id, what, readDeployment(this.directory, { context, namespace }), answer, told);
  }

  async watch({ id, run: name }: WatchRequest, answer: Answer): Promise<void> {
    const { store, start, cluster } = await this.started(name);
    await this.follow(id, store, cluster, start, answer);
  }

  /** @throws Error if the run has ended, is on no cluster, or its Workflow is gone */
  async stop({ run: name }: Pick<RetryRequest, 'run'>): Promise<void> {
    const { store, start, cluster } = await this.started(name);
    const { stopRun } = await import('../cluster/stop.js');
    await stopRun(store, cluster, start);
  }

  /** Follows no run any more. */
  end(): void {
    this.leave.abort();
  }

  /** What is known without asking the cluster. Without any settings, not even the kubeconfig is looked at. */
  private async place(): Promise<Omit<ClusterReply, 'type' | 'id'>> {
    const deployment = writtenDeployment(this.directory);
    try {
      const complete = readDeployment(this.directory);
      const missing = missingOf(complete);
      if (missing !== undefined && Object.keys(deployment).length === 0)
        return { deployment, contexts: [], problem: 'No cluster is set up yet.' };
      const { context, server, user, namespace, config } = await connect(complete);
      return {
        deployment,
        place: { ...(context === undefined ? {} : { context }), server, user, namespace },
        contexts: config.getContexts().map(({ name }) => name),
        ...(missing === undefined ? {} : { problem: missing }),
      };
    } catch (error) {
      return { deployment, contexts: [], problem: (error as Error).message };
    }
  }

  private async carryOut(
    id: string,
    what: Submission,
    deployment: ReturnType<typeof readDeployment>,
    answer: Answer,
    told?: Pipeline,
  ): Promise<void> {
    const tell = progress(id, answer);
    tell('Bundling the steps');
    const { store, cluster, start } = await submit({ ...what, deployment, trigger: 'notebook', tell });
    await this.follow(id, store, cluster, start, answer, told);
  }

  private async follow(
    id: string,
    store: Store,
    cluster: Connection,
    start: RunStart,
    answer: Answer,
    told?: Pipeline,
  ): Promise<void> {
    const { watchRun } = await import('../cluster/watch.js');
    let document = told && { document: withoutSources(told) };
    const run = await watchRun(store, cluster, start, {
      signal: this.leave.signal,
      onAway: ({ message }, until) =>
        answer({ type: 'away', id, run: start.id, text: message, until: until.toISOString(), done: false }),
      onBack: () => answer({ type: 'away', id, run: start.id, done: false }),
      onEvent: (event) => {
        if (event.type === 'run') {
          answer({ type: 'run', id, run: event.run, ...document, done: false });
          document = undefined;
        } else if (event.type === 'log') {
          const { run, step, attempt, stream, text } = event;
          answer({ type: 'log', id, run, step, attempt, stream, text, done: false });
        } else if (event.type === 'waiting') {
          const { run, step, text } = event;
          answer({ type: 'waiting', id, run, step, text, done: false });
        }
      },
    });
    if (run) answer({ type: 'run', id, run, done: true });
  }

  private async started(name: string): Promise<{ store: Store; start: RunStart; cluster: Connection }> {
    const { store, run } = await pastRun(this.directory, name);
    if (run.ended !== undefined) throw new Error(`The run ${name} has ended.`);
    if (!run.cluster)
      throw new Error(
        `The run ${name} does not run in this kernel, and is on no cluster: it was started elsewhere.`,
      );
    const { context, namespace } = run.cluster;
    const start = (await readRunStart(store, run.id))!;
    return { store, start, cluster: await connect({ context, namespace }) };
  }
}

function progress(id: string, answer: Answer): (text: string) => void {
  return (text) => answer({ type: 'progress', id, text, done: false });
}

/** Without a place for results and one for images nothing can be submitted. */
function missingOf({ store, registry }: ReturnType<typeof readDeployment>): string | undefined {
  if (store?.url === undefined) return 'There is no bucket for results yet.';
  if (registry?.push === undefined) return 'There is no registry for images yet.';
  return undefined;
}
