/** This machine, the cluster, the registry and the store, and which of the ways between them are open. */
import type { ClusterPlace, Deployment } from '@tagflow/schema';
import type { Finding } from './clusterbook.js';

export interface ClusterDrawingProps {
  findings: readonly Finding[];
  place: ClusterPlace | undefined;
  deployment: Deployment;
}

type State = Finding['state'] | 'unknown';

/** The ways, each with what the doctor looks at to know of it. Coordinates are those of the drawing, 640 by 250. */
const WAYS = [
  { d: 'M150 105 C 230 45, 230 45, 265 45', looks: ['registry'], words: 'from here to the registry' },
  { d: 'M150 125 H 440', looks: ['cluster', 'rights'], words: 'from here to the cluster' },
  { d: 'M150 145 C 230 205, 230 205, 265 205', looks: ['store'], words: 'from here to the store' },
  { d: 'M440 95 C 400 45, 400 45, 375 45', looks: ['round trip'], words: 'from pods to the registry' },
  { d: 'M440 155 C 400 205, 400 205, 375 205', looks: ['round trip'], words: 'from pods to the store' },
];

const INSIDE = ['rights', 'Argo Workflows', 'service account', 'round trip'];

export function ClusterDrawing({ findings, place, deployment }: ClusterDrawingProps): JSX.Element {
  const stateOf = (looks: readonly string[]): State => worst(looks.map((what) => stateIn(findings, what)));
  const { registry, store } = deployment;
  return (
    <svg className="tf-ClusterDrawing" viewBox="0 0 640 250" role="img" aria-label={wordsOf(stateOf)}>
      {WAYS.map(({ d, looks }) => (
        <path key={d} d={d} className="tf-Way" data-state={stateOf(looks)} />
      ))}
      <Box x={20} y={95} width={130} height={60} title="This machine" text="notebook" />
      <Box x={265} y={20} width={110} height={50} title="Registry" text={registry?.push ?? 'images'} />
      <Box x={265} y={180} width={110} height={50} title="Store" text={store?.url ?? 'results'} />
      <Box
        x={440}
        y={50}
        width={180}
        height={150}
        title={place?.context ?? 'Cluster'}
        text={place ? `namespace ${place.namespace}` : 'Kubernetes'}
      />
      {INSIDE.map((what, index) => (
        <g key={what} className="tf-Inside" data-state={stateIn(findings, what)}>
          <circle cx={460} cy={112 + index * 22} r={5} />
          <text x={474} y={116 + index * 22}>
            {what}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface BoxProps {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  text: string;
}

function Box({ x, y, width, height, title, text }: BoxProps): JSX.Element {
  return (
    <g className="tf-Box">
      <title>{`${title}: ${text}`}</title>
      <rect x={x} y={y} width={width} height={height} rx={6} />
      <text x={x + width / 2} y={y + 24} className="tf-Box-title">
        {short(title, width)}
      </text>
      <text x={x + width / 2} y={y + 41}>
        {short(text, width)}
      </text>
    </g>
  );
}

/** As much of a text as a box of this width holds; the end says more than the beginning. */
function short(text: string, width: number): string {
  const most = Math.floor(width / 7);
  return text.length <= most ? text : `…${text.slice(1 - most)}`;
}

function stateIn(findings: readonly Finding[], what: string): State {
  return findings.find((finding) => finding.what === what)?.state ?? 'unknown';
}

function worst(states: readonly State[]): State {
  return (['failed', 'checking', 'unknown'] as const).find((state) => states.includes(state)) ?? 'ok';
}

const WORDS: Record<State, string> = {
  unknown: 'not checked',
  checking: 'being checked',
  ok: 'open',
  failed: 'not open',
};

function wordsOf(stateOf: (looks: readonly string[]) => State): string {
  return `The ways: ${WAYS.map(({ looks, words }) => `${words}, ${WORDS[stateOf(looks)]}`).join('; ')}.`;
}
