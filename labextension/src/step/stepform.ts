/** The form of a step's settings among the property inspectors: shown for cells that are tagged as steps. */
import type { ICellModel } from '@jupyterlab/cells';
import type { IMetadataFormProvider } from '@jupyterlab/metadataform';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import { tagOf } from './tags.js';
import { PLUGIN_ID, type IPipelines } from '../tokens.js';

export function followForm(
  tracker: INotebookTracker,
  pipelines: IPipelines,
  forms: IMetadataFormProvider,
): void {
  const section = sectionOf(forms.get(PLUGIN_ID) ?? null);
  if (!section) return;
  let followed: ICellModel | null = null;
  const refresh = (): void => {
    const cell = tracker.activeCell?.model ?? null;
    if (cell !== followed) {
      if (followed && !followed.isDisposed) followed.metadataChanged.disconnect(refresh);
      followed = cell;
      followed?.metadataChanged.connect(refresh);
    }
    const isStep = cell?.type === 'code' && tagOf(cell).role === 'step';
    section.setHidden(!isStep || !(pipelines.current?.isOurs ?? false));
  };
  tracker.activeCellChanged.connect(refresh);
  pipelines.currentChanged.connect(refresh);
  refresh();
}

/** The foldable part with its title in which the form stands. */
function sectionOf(form: Widget | null): Widget | null {
  let at = form;
  while (at && !at.hasClass('jp-Collapse')) at = at.parent;
  return at;
}
