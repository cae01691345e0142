/** The page of a lineage: what an artifact came from and what came of it, drawn and as lists, across runs. */
import { commitText, shownType, type Lineage, type LineageNode, type LineageRun } from '@tagflow/schema';
import { useEffect, useMemo, useState } from 'react';
import { onFirstUse } from '../firstuse.js';
import { useNow, usePipelineState } from '../hooks.js';
import { drawnLineage, isNamed, joined, neighbours } from './lineagegraph.js';
import type { NotebookPipeline } from '../model.js';
import type { PageProps } from '../pages.js';
import type { ArtifactPlace } from './pastbook.js';
import { moment } from '../run/runlist.js';

const Dag = onFirstUse(() => import('../graph/dag.js'));

/** Steps back and on that are asked for at once. */
const DEPTH = 3;
/** Larger drawings show nothing. */
const DRAWN = 200;

export default function LineagePage({ model }: PageProps): JSX.Element {
  const { traced } = usePipelineState(model);
  const [lineage, more] = useLineage(model, traced);
  if (!traced) return <p className="tf-Calm">Choose a result of a step to see where it came from.</p>;
  return (
    <article className="tf-LineagePage">
      <h1>
        <code>{traced.name}</code> <small>of step {traced.step}</small>
      </h1>
      {lineage === undefined && <p className="tf-Quiet">Reading…</p>}
      {lineage === null && <p className="tf-Quiet">Nothing is recorded of how it was made.</p>}
      {lineage && <Found model={model} lineage={lineage} onMore={more} />}
    </article>
  );
}

/** The lineage as far as it was asked for, and how to ask for more at a node. */
function useLineage(
  model: NotebookPipeline,
  traced: ArtifactPlace | null,
): [Lineage | null | undefined, (node: LineageNode) => void] {
  const [lineage, setLineage] = useState<Lineage | null>();
  useEffect(() => {
    let moot = false;
    setLineage(undefined);
    if (traced)
      void model.past.lineage(traced, DEPTH).then((reply) => {
        if (!moot) setLineage(reply?.lineage ?? null);
      });
    return () => {
      moot = true;
    };
  }, [model, traced]);
  const more = ({ run, step, name }: LineageNode): void => {
    if (step === undefined) return;
    void model.past.lineage({ run, step, name }, DEPTH).then((reply) => {
      if (reply) setLineage((known) => (known ? joined(known, reply.lineage) : known));
    });
  };
  return [lineage, more];
}

interface FoundProps {
  model: NotebookPipeline;
  lineage: Lineage;
  onMore: (node: LineageNode) => void;
}

function Found({ model, lineage, onMore }: FoundProps): JSX.Element {
  const now = useNow(false);
  const drawn = useMemo(() => {
    const created = new Map(lineage.runs.map((run) => [run.id, run.created]));
    return drawnLineage(lineage, (run) => moment(created.get(run) ?? run, now));
  }, [lineage, now]);
  const open = async (run: string, step: string | undefined): Promise<void> => {
    await model.runs.open(run);
    model.select(step ?? null);
  };
  const of = lineage.nodes.find(({ id }) => id === lineage.of);
  if (!of) return <p className="tf-Quiet">Nothing is recorded of it.</p>;
  return (
    <>
      {drawn.pipeline.steps.length <= DRAWN && (
        <div className="tf-LineagePage-drawing">
          <Dag
            key={lineage.of}
            pipeline={drawn.pipeline}
            runs={new Map()}
            stale={null}
            selected={null}
            onSelect={(box) => {
              const place = drawn.places.get(box);
              if (place) void open(place.run, place.step);
            }}
            now={now}
          />
        </div>
      )}
      <Tree
        title="Made from"
        none="Nothing: no step before it, no parameter."
        {...{ lineage, of, onMore, open }}
        far="from"
      />
      <Tree title="Became" none="Nothing yet." {...{ lineage, of, onMore, open }} far="to" />
      <h2>Runs on the way</h2>
      <ul className="tf-LineagePage-runs">
        {lineage.runs.map((run) => (
          <RunLine key={run.id} run={run} now={now} onOpen={() => void open(run.id, undefined)} />
        ))}
      </ul>
    </>
  );
}

function RunLine({ run, now, onOpen }: { run: LineageRun; now: number; onOpen: () => void }): JSX.Element {
  const { pipeline, created, git, parameters } = run;
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const code = commitText(git);
  return (
    <li>
      <button type="button" className="tf-Link" onClick={onOpen}>
        {moment(created, now)}
      </button>{' '}
      {[pipeline, code, ...given].filter(Boolean).join(' · ')}
    </li>
  );
}

interface TreeProps {
  title: string;
  none: string;
  lineage: Lineage;
  of: LineageNode;
  far: 'from' | 'to';
  onMore: (node: LineageNode) => void;
  open: (run: string, step: string | undefined) => Promise<void>;
}

function Tree({ title, none, of, ...rest }: TreeProps): JSX.Element {
  return (
    <>
      <h2>{title}</h2>
      {neighbours(rest.lineage, of.id, rest.far).length === 0 && <p className="tf-Quiet">{none}</p>}
      <Branches {...rest} of={of} named={of} met={[of.id]} />
    </>
  );
}

interface BranchesProps extends Omit<TreeProps, 'title' | 'none'> {
  /** The last with a name on the way: more is asked for there. */
  named: LineageNode;
  met: readonly string[];
}

/** Nested lists: their levels are told by screen readers, and what was met on the way up is not opened again. */
function Branches({ of, named, met, ...rest }: BranchesProps): JSX.Element | null {
  const { lineage, far, onMore, open } = rest;
  const next = neighbours(lineage, of.id, far);
  if (next.length === 0) return null;
  return (
    <ul className="tf-LineageTree">
      {next.map(({ node, kind }) => (
        <li key={node.id}>
          <button type="button" className="tf-Link" onClick={() => void open(node.run, node.step)}>
            <code>{node.name}</code>
          </button>{' '}
          <span className="tf-Quiet">{describe(node, of, kind)}</span>
          {lineage.cut.includes(node.id) && (
            <button
              type="button"
              className="tf-Link tf-More"
              onClick={() => onMore(isNamed(node) ? node : named)}
            >
              more…
            </button>
          )}
          {!met.includes(node.id) && (
            <Branches {...rest} of={node} named={isNamed(node) ? node : named} met={[...met, node.id]} />
          )}
        </li>
      ))}
    </ul>
  );
}

function describe(node: LineageNode, near: LineageNode, kind: 'consumed' | 'read'): string {
  const { step, index, items, type, value } = node;
  return [
    step === undefined ? `parameter, ${JSON.stringify(value)}` : `of ${step}`,
    ...(index === undefined ? [] : [`item ${index}`]),
    ...(items === undefined ? [] : [`${items} item${items === 1 ? '' : 's'}`]),
    ...(type === undefined ? [] : [shownType(type)]),
    ...(kind === 'read' ? ['read from an earlier run'] : node.run === near.run ? [] : ['of another run']),
  ].join(', ');
}
