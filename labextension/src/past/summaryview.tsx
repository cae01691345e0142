/** The summary of a run in an output: its drawing, its timeline, its parameters. */
import type { Pipeline, Run } from '@tagflow/schema';
import { useMemo, useState } from 'react';
import Dag from '../graph/dag.js';
import { runSummary } from '../state.js';
import { moment } from '../run/runlist.js';
import { StateMark } from '../parts/statemark.js';
import { TimelineView } from './timelineview.js';

export default function SummaryView({ run, document }: { run: Run; document: Pipeline }): JSX.Element {
  const [selected, select] = useState<string | null>(null);
  const runs = useMemo(() => new Map(run.steps.map((step) => [step.name, step])), [run]);
  const now = Date.parse(run.ended ?? run.created);
  const parameters = Object.entries(run.parameters);
  return (
    <section className="tf-SummaryView" aria-label={`Run of ${run.pipeline}`}>
      <p>
        <StateMark state={run.state} />
        <span>
          <b>{run.pipeline}</b>, {moment(run.created, Date.now())}: {runSummary(run, now)}
        </span>
      </p>
      {parameters.length > 0 && (
        <p className="tf-Quiet">
          {parameters.map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(', ')}
        </p>
      )}
      <div className="tf-SummaryView-drawing">
        <Dag pipeline={document} runs={runs} stale={null} selected={selected} onSelect={select} now={now} />
      </div>
      <TimelineView run={run} now={now} selected={selected} onSelect={select} />
    </section>
  );
}
