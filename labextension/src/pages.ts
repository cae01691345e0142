/** Tabs of the main area that belong to a notebook. What is in them is loaded when they are opened. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { createElement, type ComponentType } from 'react';
import { onFirstUse } from './firstuse.js';
import { pipelineIcon } from './icons.js';
import type { NotebookPipeline } from './model.js';

export interface PageProps {
  model: NotebookPipeline;
  commands: CommandRegistry;
}

interface Page {
  label: string;
  Content: ComponentType<PageProps>;
}

const PAGES = {
  cluster: { label: 'Cluster', Content: onFirstUse(() => import('./cluster/clusterpage.js')) },
  runs: { label: 'Runs', Content: onFirstUse(() => import('./past/runspage.js')) },
  lineage: { label: 'Lineage', Content: onFirstUse(() => import('./past/lineagepage.js')) },
} satisfies Record<string, Page>;

/** Opens a notebook's page, or brings it to the front. */
export function openPage(
  { shell, commands }: JupyterFrontEnd,
  model: NotebookPipeline,
  name: keyof typeof PAGES,
): void {
  const id = `tagflow-${name}-${model.panel.id}`;
  const known = [...shell.widgets('main')].find((widget) => widget.id === id);
  if (!known) {
    const { label, Content } = PAGES[name];
    const widget = new MainAreaWidget({
      content: ReactWidget.create(createElement(Content, { model, commands })),
    });
    widget.id = id;
    widget.title.label = label;
    widget.title.icon = pipelineIcon;
    widget.title.closable = true;
    widget.content.addClass('tf-PageHost');
    model.panel.disposed.connect(() => widget.dispose());
    shell.add(widget, 'main', { mode: 'tab-after', ref: model.panel.id });
  }
  shell.activateById(id);
}
