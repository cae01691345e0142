/** The page of past runs: the list with its filters, and below it one run, or two compared. */
import { commitText } from '@tagflow/schema';
import { useEffect, useState } from 'react';
import { CodeView } from './codeview.js';
import { Comparison } from './comparison.js';
import { useNow, usePipelineState } from '../hooks.js';
import type { NotebookPipeline } from '../model.js';
import type { PageProps } from '../pages.js';
import { filterRuns, hashOf, type RunsView } from './runfilter.js';
import { RunFilters, RunTable } from './runtable.js';
import { Section } from '../parts/section.js';
import { runSummary, type PipelineState, type ShownRun } from '../state.js';
import { StateMark } from '../parts/statemark.js';
import { TimelineView } from './timelineview.js';
import { Command } from '../tokens.js';
import { forgetStart, startView } from './startview.js';

export default function RunsPage({ model, commands }: PageProps): JSX.Element {
  const state = usePipelineState(model);
  const [view, show] = useState<RunsView>(startView);
  useEffect(forgetStart, []);
  const runs = state.runs ?? [];
  const now = useNow(runs.some((run) => run.state === 'running'));
  const [first, second] = view.chosen;
  // The panel draws the run that is shown here, and this page what the panel has opened.
  useEffect(() => {
    if (first !== undefined && second === undefined && state.link === 'ready') void model.runs.open(first);
  }, [model, first, second, state.link]);
  useEffect(() => history.replaceState(history.state, '', hashOf(view)), [view]);
  useEffect(() => () => history.replaceState(history.state, '', location.pathname + location.search), []);
  const { filter, chosen } = view;
  return (
    <article className="tf-RunsPage">
      <header>
        <h1>Past runs</h1>
        <button type="button" className="tf-Link" onClick={() => void model.runs.refresh()}>
          Refresh
        </button>
      </header>
      <RunFilters
        filter={filter}
        pipelines={[...new Set(runs.map(({ pipeline }) => pipeline))].sort()}
        onFilter={(next) => show({ ...view, filter: next })}
      />
      <RunTable
        runs={filterRuns(runs, filter)}
        none={noneText(state.runs)}
        chosen={chosen}
        now={now}
        onOpen={(id) => show({ filter, chosen: [id] })}
        onCompare={(id) => show({ filter, chosen: toggled(chosen, id) })}
      />
      {first === undefined && runs.length > 0 && (
        <p className="tf-Quiet">Choose a run to see it, or mark two to compare them.</p>
      )}
      {first !== undefined && second !== undefined && (
        <Comparison model={model} {...inTime(first, second)} now={now} />
      )}
      {first !== undefined && second === undefined && state.past?.run.id !== first && (
        <p className="tf-Quiet">{state.refusal ?? 'Reading…'}</p>
      )}
      {first !== undefined && second === undefined && state.past?.run.id === first && (
        <OneRun
          model={model}
          state={state}
          shown={state.past}
          now={now}
          onInsert={() => void commands.execute(Command.insertSummary)}
        />
      )}
    </article>
  );
}

function noneText(runs: PipelineState['runs']): string {
  if (runs === null) return 'Reading…';
  return runs.length === 0 ? 'No run yet: run the pipeline in its panel.' : 'No run is like that.';
}

/** At most two: a third takes the place of the first. */
function toggled(chosen: readonly string[], id: string): string[] {
  return chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id].slice(-2);
}

/** Ids sort by time, whatever was marked first. */
function inTime(first: string, second: string): { from: string; to: string } {
  return first < second ? { from: first, to: second } : { from: second, to: first };
}

interface OneRunProps {
  model: NotebookPipeline;
  state: PipelineState;
  shown: ShownRun;
  now: number;
  onInsert: () => void;
}

function OneRun({ model, state, shown: { run }, now, onInsert }: OneRunProps): JSX.Element {
  const isOurs = state.pipeline?.name === run.pipeline;
  const { git, origin, tags = [] } = run;
  const facts = [
    run.id,
    `by ${run.user}, ${run.trigger}`,
    ...(git ? [commitText(git)] : []),
    ...(origin ? [`${origin.kind === 'resume' ? 'resumed' : 'retried'} ${origin.run}`] : []),
    ...tags,
  ];
  return (
    <div className="tf-OneRun">
      <h2>
        <StateMark state={run.state} /> {runSummary(run, now)}
      </h2>
      <p className="tf-Quiet">{facts.join(' · ')}</p>
      <div className="tf-ClusterPage-buttons">
        <button
          type="button"
          className="tf-Button tf-Again"
          disabled={!isOurs || state.running}
          title={
            isOurs
              ? 'Runs the notebook as it is now'
              : `This is a run of ${run.pipeline}: open that notebook to run it again`
          }
          onClick={() => void model.again(run.parameters)}
        >
          Run again with these parameters
        </button>
        <button type="button" className="tf-Button tf-InsertSummary" onClick={onInsert}>
          Insert summary into the notebook
        </button>
      </div>
      <Section title="Timeline" open>
        <TimelineView run={run} now={now} selected={state.selected} onSelect={(step) => model.select(step)} />
      </Section>
      <Section title="Code">
        <CodeView model={model} run={run.id} />
      </Section>
    </div>
  );
}
