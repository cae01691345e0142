/** What stands at the cells: the step's name and colour at the edge, and what is wrong below the code. */
import type { Cell } from '@jupyterlab/cells';
import { ReactWidget } from '@jupyterlab/ui-components';
import { PanelLayout, type Widget } from '@lumino/widgets';
import type { CellTag, Diagnostic } from '@tagflow/schema';
import { huesOf } from '../parts/colours.js';
import type { NotebookPipeline } from '../model.js';
import { ProblemText } from '../parts/problems.js';
import { staleText } from '../stale.js';
import { staleReasons } from '../state.js';
import { StaleMark } from '../parts/statemark.js';
import { stepNames, tagOf } from './tags.js';

export interface MarkerActions {
  /** Opens the dialog in which the cell's tag is changed. */
  edit: () => void;
  showPipeline: () => void;
}

/** Keeps the markers of one notebook current until it is closed. */
export function followCells(model: NotebookPipeline, actions: MarkerActions): void {
  const { panel } = model;
  const marks = new WeakMap<Cell, CellMarks>();
  let queued = false;
  const refresh = (): void => {
    queued = false;
    const notebook = panel.content;
    if (panel.isDisposed || !notebook.model) return;
    const ours = model.isOurs;
    const hues = huesOf(stepNames(notebook.model));
    const problems = ours ? byCell(model) : new Map<string, Diagnostic[]>();
    for (const cell of notebook.widgets) {
      const own = marks.get(cell) ?? new CellMarks(cell, actions, () => activate(model, cell));
      marks.set(cell, own);
      const tag: CellTag = ours && cell.model.type === 'code' ? tagOf(cell.model) : { role: 'none' };
      const stale = tag.step === undefined ? undefined : staleReasons(model.state, tag.step);
      own.show(tag, hues, problems.get(cell.model.id) ?? [], stale && staleText(stale));
    }
  };
  // Many changes come at once, when a notebook is opened or cells are moved; one refresh does for all.
  const queue = (): void => {
    if (queued) return;
    queued = true;
    requestAnimationFrame(refresh);
  };
  let seen: unknown[] = [];
  model.changed.connect(() => {
    // Of all that changes, such as logs and states of runs, the cells show only these.
    const { pipeline, stale, running, past } = model.state;
    const now = [pipeline, stale, running, past !== null, model.isOurs];
    if (now.some((value, index) => value !== seen[index])) queue();
    seen = now;
  });
  void panel.context.ready.then(() => {
    if (panel.isDisposed) return;
    panel.content.model?.contentChanged.connect(queue);
    panel.content.modelContentChanged.connect(queue);
    queue();
  });
}

function activate({ panel }: NotebookPipeline, cell: Cell): void {
  panel.content.deselectAll();
  panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
}

function byCell({ state }: NotebookPipeline): Map<string, Diagnostic[]> {
  const cells = new Map<string, Diagnostic[]>();
  for (const diagnostic of state.pipeline?.diagnostics ?? []) {
    if (diagnostic.cell === undefined) continue;
    const own = cells.get(diagnostic.cell) ?? [];
    own.push(diagnostic);
    cells.set(diagnostic.cell, own);
  }
  return cells;
}

/** The marks of one cell; they stand in the cell's own layout and go with it. */
class CellMarks {
  constructor(
    private readonly cell: Cell,
    private readonly actions: MarkerActions,
    private readonly activate: () => void,
  ) {}

  /** @param stale why the cell's step would run again now, as a sentence */
  show(
    tag: CellTag,
    hues: ReadonlyMap<string, number>,
    problems: readonly Diagnostic[],
    stale: string | undefined,
  ): void {
    const key = JSON.stringify([tag, tag.step && hues.get(tag.step), problems, stale]);
    if (key === this.shown) return;
    this.shown = key;
    const { node } = this.cell;
    const marked = tag.role !== 'none' || tag.problem !== undefined;
    node.classList.toggle('tf-Cell', marked);
    node.dataset['tfRole'] = tag.role;
    const hue = tag.step === undefined ? undefined : hues.get(tag.step);
    if (hue === undefined) node.style.removeProperty('--tf-hue');
    else node.style.setProperty('--tf-hue', `var(--tf-hue-${hue})`);
    void this.cell.ready.then(() => {
      if (this.cell.isDisposed || this.shown !== key) return;
      this.name = this.replace(this.name, marked ? this.nameWidget(tag, stale) : null, 'jp-Cell-header');
      this.list = this.replace(this.list, this.listWidget(problems), 'jp-Cell-inputWrapper');
    });
  }

  /** Puts the new widget after the cell's child with this class. */
  private replace(old: Widget | null, widget: Widget | null, after: string): Widget | null {
    old?.dispose();
    const { layout } = this.cell;
    if (!widget || !(layout instanceof PanelLayout)) return null;
    const index = layout.widgets.findIndex((child) => child.hasClass(after));
    layout.insertWidget(index + 1, widget);
    return widget;
  }

  private nameWidget(tag: CellTag, stale: string | undefined): Widget {
    const click = (): void => {
      this.activate();
      this.actions.edit();
    };
    const words = nameOf(tag);
    const title = [words.title, ...(stale === undefined ? [] : [stale]), 'Click to change.'].join(' ');
    const widget = ReactWidget.create(
      <button type="button" className="tf-CellName" title={title} onClick={click}>
        {words.label}
        {stale !== undefined && <StaleMark />}
      </button>,
    );
    widget.addClass('tf-CellNameRow');
    return widget;
  }

  private listWidget(problems: readonly Diagnostic[]): Widget | null {
    if (problems.length === 0) return null;
    const first = problems.slice(0, SHOWN);
    const rest = problems.length - first.length;
    const widget = ReactWidget.create(
      <ul className="tf-Problems" aria-label="Problems of this cell">
        {first.map((problem, index) => (
          <li key={index} className="tf-Problem" data-severity={problem.severity}>
            <ProblemText diagnostic={problem} />
            <span className="tf-Problem-place">
              {problem.range ? `line ${problem.range.start.line} · ` : ''}
              {problem.code}
            </span>
          </li>
        ))}
        {rest > 0 && (
          <li>
            <button type="button" className="tf-Link" onClick={this.actions.showPipeline}>
              {rest} more in the Pipeline panel
            </button>
          </li>
        )}
      </ul>,
    );
    widget.addClass('tf-CellProblems');
    return widget;
  }

  private shown = '';
  private name: Widget | null = null;
  private list: Widget | null = null;
}

/** How many problems stand at a cell; more would bury the next one. */
const SHOWN = 3;

function nameOf(tag: CellTag): { label: string; title: string } {
  if (tag.problem) return { label: 'unreadable tag', title: 'The tags of this cell could not be read.' };
  switch (tag.role) {
    case 'step':
      return { label: tag.step ?? '', title: `This cell is part of step ${tag.step}.` };
    case 'parameters':
      return { label: 'parameters', title: "The constants of this cell are the pipeline's parameters." };
    case 'setup':
      return { label: 'setup', title: 'This cell runs in every process that uses something it declares.' };
    default:
      return { label: 'skipped', title: 'This cell is never part of the pipeline.' };
  }
}
