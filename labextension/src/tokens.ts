/** Names by which the rest of JupyterLab knows us. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { NotebookPipeline } from './model.js';

export const PLUGIN_ID = '@tagflow/labextension:plugin';

export const PANEL_ID = 'tagflow-panel';

/** A run's summary in an output, as data. */
export const SUMMARY_TYPE = 'application/vnd.tagflow.run+json';

/** The commands; palette, menus, toolbar and shortcuts in schema/plugin.json refer to these ids. */
export const Command = {
  tagStep: 'tagflow:tag-step',
  joinAbove: 'tagflow:join-step-above',
  tagParameters: 'tagflow:tag-parameters',
  tagSetup: 'tagflow:tag-setup',
  tagSkip: 'tagflow:tag-skip',
  untag: 'tagflow:untag',
  stepSettings: 'tagflow:step-settings',
  showPipeline: 'tagflow:show-pipeline',
  run: 'tagflow:run-pipeline',
  runEverything: 'tagflow:run-everything',
  resume: 'tagflow:resume-run',
  retry: 'tagflow:retry-run',
  stop: 'tagflow:stop-run',
  submit: 'tagflow:submit-pipeline',
  submitEverything: 'tagflow:submit-everything',
  export: 'tagflow:export-pipeline',
  setUpCluster: 'tagflow:set-up-cluster',
  openRuns: 'tagflow:open-runs',
  showLineage: 'tagflow:show-lineage',
  insertArtifact: 'tagflow:insert-artifact',
  insertSummary: 'tagflow:insert-summary',
  copyReplay: 'tagflow:copy-replay',
} as const;

/** The pipeline of the notebook in front, for the panel and for other extensions. */
export interface IPipelines {
  /** Null when no notebook is open. */
  readonly current: NotebookPipeline | null;
  readonly currentChanged: ISignal<IPipelines, NotebookPipeline | null>;
}

export const IPipelines = new Token<IPipelines>(
  '@tagflow/labextension:IPipelines',
  'The Tagflow pipeline of the current notebook.',
);
