/** Where runs on a cluster go: settings, and whether all that they need is there, as a drawing and in words. */
import { useEffect, useRef, useState } from 'react';
import type { Finding } from './clusterbook.js';
import { ClusterDrawing } from './clusterdrawing.js';
import { ClusterForm } from './clusterform.js';
import { usePipelineState } from '../hooks.js';
import type { PageProps } from '../pages.js';
import { StateMark } from '../parts/statemark.js';

export default function ClusterPage({ model }: PageProps): JSX.Element {
  const { cluster } = usePipelineState(model);
  const [findings, setFindings] = useState<readonly Finding[]>([]);
  const [checking, setChecking] = useState(false);
  const page = useRef<HTMLElement>(null);
  useEffect(() => void model.cluster.refresh(), [model]);
  if (!cluster) return <p className="tf-Calm">The cluster is looked up…</p>;
  const examine = async (roundTrip: boolean): Promise<void> => {
    setChecking(true);
    setFindings([]);
    await model.cluster.examine(roundTrip, (finding) => setFindings((known) => withFinding(known, finding)));
    setChecking(false);
  };
  const sum = findings.find(({ what }) => what === 'all');
  return (
    <article className="tf-ClusterPage" ref={page}>
      <h1>Runs on a cluster</h1>
      <p className="tf-Quiet">
        Submitted steps run as containers under Argo Workflows. Their images lie in a registry, their results
        in a bucket.
      </p>
      <ClusterDrawing findings={findings} place={cluster.place} deployment={cluster.deployment} />
      <div className="tf-ClusterPage-buttons">
        <button
          type="button"
          className="tf-Button tf-mod-primary tf-Check"
          disabled={checking}
          onClick={() => void examine(false)}
        >
          Check
        </button>
        <button
          type="button"
          className="tf-Button tf-CheckAll"
          disabled={checking}
          title="Runs a notebook of one step on the cluster; it takes half a minute"
          onClick={() => void examine(true)}
        >
          Check with a pod
        </button>
        <span className="tf-ClusterPage-sum" role="status">
          {sum?.text ?? (checking ? 'Checking…' : (cluster.problem ?? ''))}
        </span>
      </div>
      <Findings findings={findings} />
      <h2>Settings</h2>
      <ClusterForm
        deployment={cluster.deployment}
        contexts={cluster.contexts}
        onSave={async (deployment) => {
          const problem = await model.cluster.configure(deployment);
          if (problem === null) {
            // What comes of it is shown above the form.
            page.current?.scrollIntoView({ block: 'start' });
            void examine(false);
          }
          return problem;
        }}
      />
    </article>
  );
}

/** What is found takes the place of what is being looked at. */
function withFinding(known: readonly Finding[], { what, state, text }: Finding): Finding[] {
  return [...known.filter((one) => one.what !== what), { what, state, text }];
}

const MARKS = { checking: 'running', ok: 'succeeded', failed: 'failed' } as const;

function Findings({ findings }: { findings: readonly Finding[] }): JSX.Element | null {
  const single = findings.filter(({ what }) => what !== 'all');
  if (single.length === 0) return null;
  return (
    <ul className="tf-Findings" aria-label="Findings">
      {single.map(({ what, state, text }) => (
        <li key={what} data-state={state}>
          <StateMark state={MARKS[state]} />
          <b>{what}</b>
          <span>{state === 'checking' ? 'is looked at…' : text}</span>
        </li>
      ))}
    </ul>
  );
}
