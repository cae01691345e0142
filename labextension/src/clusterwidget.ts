/** The tab that shows where runs on a cluster go. What is in it is loaded when it is opened. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import { createElement, lazy, Suspense } from 'react';
import { pipelineIcon } from './icons.js';
import type { IPipelines } from './tokens.js';

const ID = 'tagflow-cluster';

const ClusterPage = lazy(() => import('./clusterpage.js'));

export function openClusterPage({ shell }: JupyterFrontEnd, pipelines: IPipelines): void {
  const model = pipelines.current;
  if (!model) return;
  const id = `${ID}-${model.panel.id}`;
  const known = [...shell.widgets('main')].find((widget) => widget.id === id);
  if (!known) {
    const page = createElement(Suspense, { fallback: null }, createElement(ClusterPage, { model }));
    const widget = new MainAreaWidget({ content: ReactWidget.create(page) });
    widget.id = id;
    widget.title.label = 'Cluster';
    widget.title.icon = pipelineIcon;
    widget.title.closable = true;
    widget.content.addClass('tf-ClusterPage-host');
    model.panel.disposed.connect(() => widget.dispose());
    shell.add(widget, 'main', { mode: 'tab-after', ref: model.panel.id });
  }
  shell.activateById(id);
}
