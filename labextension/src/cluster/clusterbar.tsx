/** Below the run bar: submit and export, and where that goes. */
import { fileUploadIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { NotebookPipeline } from '../model.js';
import { SplitButton } from '../parts/splitbutton.js';
import { submitObstacle, type ClusterView, type PipelineState } from '../state.js';
import { Command } from '../tokens.js';

export interface ClusterBarProps {
  model: NotebookPipeline;
  state: PipelineState;
  commands: CommandRegistry;
}

export function ClusterBar({ model, state, commands }: ClusterBarProps): JSX.Element | null {
  const { cluster } = state;
  if (!cluster || state.past) return null;
  const setUp = (): void => void commands.execute(Command.setUpCluster);
  if (!cluster.place && !isSetUp(cluster))
    return (
      <p className="tf-ClusterBar tf-Quiet">
        <span>Runs on this machine.</span>
        <button type="button" className="tf-Link" onClick={setUp}>
          Set up a cluster…
        </button>
      </p>
    );
  const obstacle = submitObstacle(state);
  return (
    <div className="tf-ClusterBar">
      <SplitButton
        label="Submit"
        icon={fileUploadIcon}
        className="tf-Submit"
        disabled={obstacle !== null}
        title={obstacle ?? 'Run what has changed on the cluster, one container a step'}
        onClick={() => void model.runs.start(true, 'submit')}
        commands={commands}
        variants={[Command.submitEverything, Command.export, Command.setUpCluster]}
        noVariant={false}
      />
      <Place cluster={cluster} onClick={setUp} />
    </div>
  );
}

function isSetUp({ deployment }: ClusterView): boolean {
  return Object.keys(deployment).length > 0;
}

/** Cluster, namespace and user, always in view: nobody should submit to another place than they think. */
function Place({ cluster, onClick }: { cluster: ClusterView; onClick: () => void }): JSX.Element {
  const { place, problem } = cluster;
  const words = place
    ? `${place.context ?? 'This cluster'} (${place.server}), namespace ${place.namespace}, as ${place.user}`
    : '';
  return (
    <button
      type="button"
      className="tf-Place"
      data-severity={problem === undefined ? undefined : 'error'}
      title={[words, problem, 'Click to change or check it.'].filter(Boolean).join('\n')}
      aria-label={`Where runs go: ${[words, problem].filter(Boolean).join('. ')}`}
      onClick={onClick}
    >
      {place ? (
        <>
          <span className="tf-Place-where">
            {place.context ?? 'this cluster'} <span aria-hidden="true">›</span> <b>{place.namespace}</b>
          </span>
          <span className="tf-Place-user">{problem ?? `as ${place.user}`}</span>
        </>
      ) : (
        <span className="tf-Place-user">{problem}</span>
      )}
    </button>
  );
}
