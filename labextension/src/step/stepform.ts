/** The form of a step's settings among the property inspectors: shown for cells that are tagged as steps. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICellModel } from '@jupyterlab/cells';
import type { IMetadataFormProvider } from '@jupyterlab/metadataform';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { Collapser } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';
import { tagOf } from './tags.js';
import { Command, PLUGIN_ID, type IPipelines } from '../tokens.js';

/** JupyterLab's own id of the side bar's part in which the form stands. */
const INSPECTOR_ID = 'jp-property-inspector';

/** Milliseconds. */
const SETTLED = 100;

export function followForm(
  { commands, shell }: JupyterFrontEnd,
  tracker: INotebookTracker,
  pipelines: IPipelines,
  forms: IMetadataFormProvider,
): void {
  const section = sectionOf(forms.get(PLUGIN_ID) ?? null);
  if (!section) return;
  const isStep = (): boolean => {
    const cell = tracker.activeCell?.model;
    return cell?.type === 'code' && tagOf(cell).role === 'step';
  };
  const isOurs = (): boolean => pipelines.current?.isOurs ?? false;
  let followed: ICellModel | null = null;
  const refresh = (): void => {
    const cell = tracker.activeCell?.model ?? null;
    if (cell !== followed) {
      if (followed && !followed.isDisposed) followed.metadataChanged.disconnect(refresh);
      followed = cell;
      followed?.metadataChanged.connect(refresh);
    }
    section.setHidden(!isStep() || !isOurs());
  };
  tracker.activeCellChanged.connect(refresh);
  pipelines.currentChanged.connect(refresh);
  refresh();
  commands.addCommand(Command.stepSettings, {
    label: 'Step Settings',
    caption: "Show the form for the settings of this cell's step",
    isVisible: isOurs,
    isEnabled: isStep,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => {
      shell.activateById(INSPECTOR_ID);
      section.collapsed = false;
      section.node.scrollIntoView({ block: 'start' });
      // The side bar takes the focus itself when it has come to the front, and the form is drawn for another cell.
      setTimeout(() => section.node.querySelector<HTMLElement>('input, select, textarea')?.focus(), SETTLED);
    },
  });
}

/** The foldable part with its title in which the form stands. */
function sectionOf(form: Widget | null): Collapser | null {
  let at = form;
  while (at && !(at instanceof Collapser)) at = at.parent;
  return at;
}
