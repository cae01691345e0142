/** One notebook's pipeline: follows its changes, asks the kernel, and tells the views. */
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import type { CellTag } from '@tagflow/schema';
import { Analysis } from './analysis.js';
import { ClusterBook } from './cluster/clusterbook.js';
import { Connection, KERNEL_NAME } from './comm/connection.js';
import { documentOf } from './comm/document.js';
import { PastBook, type ArtifactPlace } from './past/pastbook.js';
import { RunBook, type RunSource } from './run/runbook.js';
import { StaleSteps } from './stale.js';
import { entriesFor } from './run/parameters.js';
import { INITIAL, type PipelineState } from './state.js';
import { tagOf } from './step/tags.js';

export class NotebookPipeline {
  constructor(readonly panel: NotebookPanel) {
    this.connection = new Connection(panel.sessionContext);
    const source: RunSource = {
      client: () => this.connection.client,
      document: () => this.document(),
      path: () => panel.context.localPath,
      state: () => this.current,
      update: (patch) => this.update(patch),
    };
    this.analysis = new Analysis(source);
    this.stale = new StaleSteps(source);
    this.runs = new RunBook(source);
    this.cluster = new ClusterBook(source);
    this.past = new PastBook(source);
    this.connection.changed.connect(() => this.connectionChanged());
    this.connectionChanged();
    void panel.context.ready.then(() => this.begin());
    panel.disposed.connect(() => this.dispose());
  }

  /** Starts, stops and lists runs. */
  readonly runs: RunBook;

  /** Where runs on a cluster go. */
  readonly cluster: ClusterBook;

  /** What is asked about past runs. */
  readonly past: PastBook;

  get state(): PipelineState {
    return this.current;
  }

  get changed(): ISignal<NotebookPipeline, PipelineState> {
    return this.signal;
  }

  /** Whether this is a notebook for our kernel: in another one, tags such as `parameters` are not ours to read. */
  get isOurs(): boolean {
    const { link } = this.current;
    if (link === 'other') return false;
    if (link === 'ready' || this.current.pipeline) return true;
    const spec = this.panel.content.model?.getMetadata('kernelspec') as { name?: unknown } | undefined;
    return spec?.name === KERNEL_NAME;
  }

  /** The tag of the active cell. */
  get activeTag(): CellTag | null {
    return this.tag;
  }

  /** Selects a step, or none. */
  select(step: string | null): void {
    if (step !== this.current.selected) this.update({ selected: step });
  }

  /** Asks for the lineage of an artifact, which the page of lineages shows. */
  trace(place: ArtifactPlace): void {
    this.update({ traced: place });
  }

  /** What was typed into the form's field of this parameter. */
  enter(parameter: string, entry: string): void {
    this.update({ entries: { ...this.current.entries, [parameter]: entry } });
  }

  /** Runs the notebook as it is now with these values of its parameters. */
  async again(parameters: Readonly<Record<string, unknown>>): Promise<void> {
    const known = this.current.pipeline?.parameters ?? [];
    this.update({ entries: entriesFor(known, parameters), past: null });
    await this.runs.start();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.analysis.dispose();
    this.stale.dispose();
    this.connection.dispose();
    Signal.clearData(this);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  private begin(): void {
    if (this.disposed) return;
    const { content } = this.panel;
    content.model?.contentChanged.connect(this.analysis.touch, this.analysis);
    content.model?.contentChanged.connect(this.stale.hold, this.stale);
    content.activeCellChanged.connect((_, cell) => this.follow(cell));
    this.tag = content.activeCell && tagOf(content.activeCell.model);
    content.model?.contentChanged.connect(() => this.followTag(content.activeCell));
    this.analysis.start();
  }

  /** The step of the active cell is the selected one, unless a past run is shown. */
  private follow(cell: Cell | null): void {
    if (!cell) return;
    this.tag = tagOf(cell.model);
    if (!this.current.past) this.select(this.tag.step ?? null);
  }

  /** The active cell's tag may change while it stays the active one: by our commands, by JupyterLab's or by undoing. */
  private followTag(cell: Cell | null): void {
    if (!cell || JSON.stringify(tagOf(cell.model)) === JSON.stringify(this.tag)) return;
    this.follow(cell);
    this.update({});
  }

  private connectionChanged(): void {
    const { link } = this.connection;
    this.update({ link });
    if (link === 'ready') {
      this.analysis.start();
      void this.runs.refresh();
      void this.runs.followAgain();
      void this.cluster.refresh();
    }
  }

  private document(): Record<string, unknown> | null {
    const { model } = this.panel.content;
    return model && this.panel.context.isReady ? documentOf(model) : null;
  }

  private update(patch: Partial<PipelineState>): void {
    if (this.disposed) return;
    const before = this.current;
    this.current = { ...before, ...patch };
    const { pipeline, analysing, running, entries } = this.current;
    const hasEnded = (before.running && !running) || (before.analysing && !analysing);
    if (pipeline !== before.pipeline || entries !== before.entries || hasEnded) this.stale.touch();
    this.signal.emit(this.current);
  }

  private current: PipelineState = INITIAL;
  private tag: CellTag | null = null;
  private disposed = false;
  private readonly connection: Connection;
  private readonly analysis: Analysis;
  private readonly stale: StaleSteps;
  private readonly signal = new Signal<NotebookPipeline, PipelineState>(this);
}
