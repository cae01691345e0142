/**
 * Which step's pod also divides the items of the loop that begins the step after it. That takes a moment, where a pod of
 * its own takes seconds to begin.
 */
import { edgesOf, type Deployment, type Pipeline, type Step } from '@tagflow/schema';
import { podTemplate } from './argo-pod.js';

/** How a step and its neighbours share a pod. */
export interface EarlySplit {
  /** The step after it, whose items its pod divides. */
  next?: string;
  /** The step before it, whose pod has divided its items: it has no pod for what comes before its loop. */
  before?: string;
}

/**
 * Of each step by its name. Two share only where nothing else waits for the first or is waited for by the second, so that
 * one failure means the same, and where both have the same pods.
 */
export function earlySplits(
  pipeline: Pick<Pipeline, 'steps'>,
  images: Readonly<Record<string, string>>,
  deployment: Deployment,
): (step: string) => EarlySplit {
  const edges = edgesOf(pipeline);
  const step = new Map(pipeline.steps.map((each) => [each.name, each]));
  const isAlone = ({ from, to }: { from: string; to: string }): boolean =>
    edges.every((other) => (other.from === from) === (other.to === to));
  const found = edges.filter((edge) => {
    const [first, second] = [step.get(edge.from)!, step.get(edge.to)!];
    const isSplit = first.programs.length === 1 && second.programs[0]?.splits === true;
    return isSplit && isAlone(edge) && hasSamePod(first, second, images, deployment);
  });
  return (name) => ({
    next: found.find(({ from }) => from === name)?.to,
    before: found.find(({ to }) => to === name)?.from,
  });
}

function hasSamePod(
  first: Step,
  second: Step,
  images: Readonly<Record<string, string>>,
  deployment: Deployment,
): boolean {
  // A limit of time is one step's.
  if (first.settings.timeout !== undefined || second.settings.timeout !== undefined) return false;
  const pod = ({ name, settings }: Step): string =>
    JSON.stringify(podTemplate({ name: '', image: images[name]!, args: [], settings }, deployment));
  return pod(first) === pod(second);
}
