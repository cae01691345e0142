/** The commands around past runs: their page, an artifact's lineage and its cell, a run's summary. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { pipelineIcon } from '../icons.js';
import { insertCode, insertOutput, loadingCode } from './insertion.js';
import { openPage } from '../pages.js';
import { shownRun, shownPipeline } from '../state.js';
import { Command, type IPipelines } from '../tokens.js';

const ARTIFACT = {
  type: 'object' as const,
  properties: {
    run: { type: 'string' as const, description: 'Id of the run.' },
    step: { type: 'string' as const },
    name: { type: 'string' as const, description: 'Of the artifact.' },
  },
};

export function addPastCommands(app: JupyterFrontEnd, pipelines: IPipelines): void {
  const { commands } = app;
  const isReady = (): boolean => pipelines.current?.state.link === 'ready';
  commands.addCommand(Command.openRuns, {
    label: 'Open Past Runs',
    caption: 'List, find and compare past runs',
    icon: pipelineIcon,
    isEnabled: isReady,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => pipelines.current && openPage(app, pipelines.current, 'runs'),
  });
  commands.addCommand(Command.showLineage, {
    label: 'Show Lineage',
    isEnabled: isReady,
    describedBy: { args: ARTIFACT },
    execute: ({ run, step, name }) => {
      const model = pipelines.current;
      if (!model || typeof run !== 'string' || typeof step !== 'string' || typeof name !== 'string') return;
      model.trace({ run, step, name });
      openPage(app, model, 'lineage');
    },
  });
  commands.addCommand(Command.insertArtifact, {
    label: 'Open Result in Notebook',
    isEnabled: isReady,
    describedBy: { args: ARTIFACT },
    execute: ({ run, step, name }) => {
      const model = pipelines.current;
      const shown = model && shownRun(model.state);
      const outputs =
        shown?.run.id === run ? shown?.run.steps.find((each) => each.name === step)?.outputs : [];
      const artifact = outputs?.find((each) => each.name === name);
      if (!model || !artifact) return;
      insertCode(model.panel, loadingCode(String(run), String(step), artifact));
      app.shell.activateById(model.panel.id);
    },
  });
  commands.addCommand(Command.copyReplay, {
    label: 'Copy Replay Command',
    describedBy: {
      args: {
        type: 'object',
        properties: {
          run: { type: 'string', description: 'Id of the run.' },
          step: { type: 'string' },
          index: { type: 'integer', description: 'Of an item.' },
        },
      },
    },
    execute: ({ run, step, index }) => {
      // A debugger needs a terminal: the command is made ready for it.
      const place = typeof index === 'number' ? `${String(step)}/${index}` : String(step);
      const command = `npx tagflow replay ${String(run)} ${place} --inspect`;
      Clipboard.copyToSystem(command);
      Notification.info(
        `Copied: ${command}\nIn a terminal in the notebook's folder it runs the step once more on what it was given, for a debugger.`,
        { autoClose: 12_000 },
      );
    },
  });
  commands.addCommand(Command.insertSummary, {
    label: 'Insert Run Summary',
    caption: 'Put a picture of the shown run into the notebook, which stays when the notebook is saved',
    icon: pipelineIcon,
    isEnabled: () => isReady() && shownRun(pipelines.current!.state) !== null,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: async () => {
      const model = pipelines.current;
      const shown = model && shownRun(model.state);
      const document = model && (shown?.document ?? shownPipeline(model.state));
      if (!model || !shown || !document) return;
      const { summaryOf } = await import('./summary.js');
      insertOutput(
        model.panel,
        `// Summary of run ${shown.run.id}`,
        summaryOf(shown.run, document, Date.now()),
      );
      app.shell.activateById(model.panel.id);
    },
  });
}
