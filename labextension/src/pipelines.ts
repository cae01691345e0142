/** The pipelines of all open notebooks, and which of them is in front. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import { NotebookPipeline } from './model.js';
import type { IPipelines } from './tokens.js';

export class Pipelines implements IPipelines {
  constructor(tracker: INotebookTracker) {
    tracker.forEach((panel) => this.of(panel));
    tracker.widgetAdded.connect((_, panel) => this.of(panel));
    tracker.currentChanged.connect((_, panel) => this.bringForward(panel));
    this.bringForward(tracker.currentWidget);
  }

  get current(): NotebookPipeline | null {
    return this.front;
  }

  get currentChanged(): ISignal<Pipelines, NotebookPipeline | null> {
    return this.changed;
  }

  /** Emitted for every notebook that is opened. */
  get added(): ISignal<Pipelines, NotebookPipeline> {
    return this.opened;
  }

  /** All of them, for who comes late. */
  get all(): readonly NotebookPipeline[] {
    return [...this.known.values()];
  }

  private of(panel: NotebookPanel): NotebookPipeline {
    const known = this.known.get(panel);
    if (known) return known;
    const pipeline = new NotebookPipeline(panel);
    this.known.set(panel, pipeline);
    panel.disposed.connect(() => this.known.delete(panel));
    this.opened.emit(pipeline);
    return pipeline;
  }

  private bringForward(panel: NotebookPanel | null): void {
    const front = panel && !panel.isDisposed ? this.of(panel) : null;
    if (front === this.front) return;
    this.front = front;
    this.changed.emit(front);
  }

  private front: NotebookPipeline | null = null;
  private readonly known = new Map<NotebookPanel, NotebookPipeline>();
  private readonly changed = new Signal<Pipelines, NotebookPipeline | null>(this);
  private readonly opened = new Signal<Pipelines, NotebookPipeline>(this);
}
