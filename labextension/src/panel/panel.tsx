/** The panel at the right side: the pipeline of the notebook in front. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Pipeline, StepRun } from '@tagflow/schema';
import type { CommandRegistry } from '@lumino/commands';
import { Component, useCallback, useMemo, type ReactNode } from 'react';
import { ClusterBar } from '../cluster/clusterbar.js';
import { onFirstUse } from '../firstuse.js';
import { useCurrent, useNow, usePipelineState } from '../hooks.js';
import { pipelineIcon } from '../icons.js';
import type { NotebookPipeline } from '../model.js';
import { Notices } from './notices.js';
import { revealCell, revealPosition } from '../step/reveal.js';
import { RunBar } from '../run/runbar.js';
import { RunList } from '../run/runlist.js';
import { Section } from '../parts/section.js';
import { Count, Sections } from './sections.js';
import { shownPipeline, shownRun, type PipelineState } from '../state.js';
import { Command, PANEL_ID, type IPipelines } from '../tokens.js';

const Dag = onFirstUse(() => import('../graph/dag.js'), <Calm>Drawing…</Calm>);

export function createPanel(pipelines: IPipelines, commands: CommandRegistry): ReactWidget {
  const widget = ReactWidget.create(<Panel pipelines={pipelines} commands={commands} />);
  widget.id = PANEL_ID;
  widget.addClass('tf-PanelWidget');
  widget.title.icon = pipelineIcon;
  widget.title.caption = 'Pipeline';
  widget.node.setAttribute('role', 'region');
  widget.node.setAttribute('aria-label', 'Pipeline');
  return widget;
}

interface PanelProps {
  pipelines: IPipelines;
  commands: CommandRegistry;
}

export function Panel({ pipelines, commands }: PanelProps): JSX.Element {
  const model = useCurrent(pipelines);
  if (!model) return <Calm>Open a notebook to see its pipeline.</Calm>;
  return <NotebookView key={model.panel.id} model={model} commands={commands} />;
}

/** What is said in place of the pipeline while there is none to show. */
function silence(state: PipelineState): string | null {
  switch (state.link) {
    case 'other':
      return 'This notebook uses another kernel. Choose the Tagflow kernel to make it a pipeline.';
    case 'none':
      return 'This notebook has no kernel. Choose the Tagflow kernel to see its pipeline.';
    case 'busy-elsewhere':
      return 'The pipeline is shown with another notebook that uses the same kernel.';
    case 'lost':
      return state.pipeline ? null : 'The kernel is not connected. Restart it to see the pipeline.';
    case 'starting':
      return state.pipeline ? null : 'The kernel is starting…';
    case 'ready':
      return state.pipeline || state.problem ? null : 'Reading the notebook…';
  }
}

function NotebookView({
  model,
  commands,
}: {
  model: NotebookPipeline;
  commands: CommandRegistry;
}): JSX.Element {
  const state = usePipelineState(model);
  const calm = silence(state);
  if (calm !== null) return <Calm>{calm}</Calm>;
  return (
    <div className="tf-Panel">
      <RunBar model={model} state={state} commands={commands} />
      <ClusterBar model={model} state={state} commands={commands} />
      <PipelineView model={model} state={state} commands={commands} />
    </div>
  );
}

interface ViewProps {
  model: NotebookPipeline;
  state: PipelineState;
  commands: CommandRegistry;
}

function PipelineView({ model, state, commands }: ViewProps): JSX.Element {
  const pipeline = shownPipeline(state);
  const shown = shownRun(state);
  const now = useNow(shown?.run.state === 'running');
  const select = useCallback(
    (step: string): void => {
      model.select(step);
      const cell = shownPipeline(model.state)?.steps.find(({ name }) => name === step)?.cells[0];
      if (cell !== undefined) void revealCell(model.panel, cell);
    },
    [model],
  );
  const goToFailure = (step: StepRun): void => {
    model.select(step.name);
    const { cell, line, column } = step.failure ?? {};
    const own = shownPipeline(state)?.steps.find(({ name }) => name === step.name)?.cells[0];
    const position = cell !== undefined && line !== undefined ? { line, column: column ?? 1 } : undefined;
    const target = cell ?? own;
    if (target !== undefined) void revealPosition(model.panel, target, position);
  };
  const replay = ({ name: step, failure }: StepRun): void => {
    const { index } = failure ?? {};
    const item = index === undefined ? {} : { index };
    void commands.execute(Command.copyReplay, { run: shown?.run.id ?? '', step, ...item });
  };
  return (
    <>
      <div className="tf-Panel-drawing">
        {pipeline ? (
          <Drawing pipeline={pipeline} state={state} now={now} onSelect={select} />
        ) : (
          <Calm>This run is too old or too damaged to show its pipeline.</Calm>
        )}
      </div>
      <div className="tf-Panel-lower">
        <Notices state={state} onFailure={goToFailure} onReplay={replay} />
        <div className="tf-Panel-sections">
          {pipeline && (
            <Sections
              model={model}
              state={state}
              pipeline={pipeline}
              now={now}
              commands={commands}
              onSelect={select}
              onFailure={goToFailure}
            />
          )}
          <Section title="Past runs" aside={<Count of={state.runs?.length ?? 0} />}>
            <button type="button" className="tf-Link" onClick={() => void model.runs.refresh()}>
              Refresh
            </button>
            {' · '}
            <button type="button" className="tf-Link" onClick={() => void commands.execute(Command.openRuns)}>
              Find and compare…
            </button>
            <RunList
              runs={state.runs}
              shown={state.past?.run.id ?? null}
              now={now}
              onOpen={(id) => void model.runs.open(id)}
            />
          </Section>
        </div>
      </div>
    </>
  );
}

interface PartProps {
  pipeline: Pipeline;
  state: PipelineState;
  now: number;
  onSelect: (step: string) => void;
}

function Drawing({ pipeline, state, now, onSelect }: PartProps): JSX.Element {
  const shown = shownRun(state);
  const runs = useMemo(() => new Map(shown?.run.steps.map((step) => [step.name, step])), [shown?.run]);
  if (pipeline.steps.length === 0) {
    return (
      <Calm>
        No step yet. Select a cell and tag it as a step with the tag button at its right, or with Alt+T.
      </Calm>
    );
  }
  return (
    <Fallible>
      <Dag
        // Another run is another drawing; the notebook's own stays, so that its view does not jump.
        key={state.past?.run.id ?? ''}
        pipeline={pipeline}
        runs={runs}
        stale={state.running || state.past ? null : state.stale}
        selected={state.selected}
        onSelect={onSelect}
        now={now}
      />
    </Fallible>
  );
}

function Calm({ children }: { children: ReactNode }): JSX.Element {
  return <p className="tf-Calm">{children}</p>;
}

/** A drawing that fails leaves the rest of the panel working. */
class Fallible extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Calm>The pipeline could not be drawn. Its steps are listed below; reload the page to try again.</Calm>
    );
  }
}
