/** Whether a pipeline can be brought to a cluster. What is found here would otherwise show in the middle of a run. */
import type { ClusterSettings, Deployment, Diagnostic, Pipeline } from '@tagflow/schema';
import { diagnose } from '../diagnostics/table.js';
import { exportArgo, type ArgoOptions } from './argo.js';
import { MOST_BYTES, MOST_NODES, MOST_TEMPLATES, nodesOf } from './argo-limits.js';
import { clusterProblems, deploymentProblems, stepProblems } from './argo-settings.js';
import { digestIn } from './image-name.js';
import { holdsExpression } from './kubernetes.js';

/** The pipeline with what is wrong in view of the cluster among its diagnostics. */
export function withArgoDiagnostics(pipeline: Pipeline, options: ArgoOptions): Pipeline {
  return { ...pipeline, diagnostics: [...pipeline.diagnostics, ...checkArgo(pipeline, options)] };
}

/** @returns what is wrong; with an error in it, the documents of `exportArgo` are of no use */
export function checkArgo(pipeline: Pipeline, options: ArgoOptions): Diagnostic[] {
  const { cluster = {}, deployment = {} } = options;
  const found = [
    ...pipeline.steps.flatMap(({ name, cells, settings }) =>
      stepProblems(settings, deployment).map((problem) =>
        diagnose('TF801', { cell: cells[0] }, { step: name, ...problem }),
      ),
    ),
    ...checkCluster(cluster),
    ...deploymentProblems(deployment).map((problem) => diagnose('TF803', {}, { ...problem })),
    ...checkImages(pipeline, options),
  ];
  const isSound = found.every(({ severity }) => severity !== 'error');
  return [...found, ...(isSound ? checkSize(pipeline, options) : [])];
}

/** What a notebook says of all its runs. */
export function checkCluster(settings: ClusterSettings): Diagnostic[] {
  return clusterProblems(settings).map((problem) => diagnose('TF802', {}, { ...problem }));
}

/** What rights follow from: of the project, where they are given. */
export function checkRights(settings: ClusterSettings, deployment: Deployment): Diagnostic[] {
  const place = deploymentProblems(deployment).filter(({ setting }) => setting === 'namespace');
  return [...checkCluster(settings), ...place.map((problem) => diagnose('TF803', {}, { ...problem }))];
}

function checkImages({ steps }: Pipeline, { images }: ArgoOptions): Diagnostic[] {
  return [...new Set(steps.map(({ name }) => images[name] ?? ''))].flatMap((image) => {
    if (image === '' || /\s/.test(image) || holdsExpression(image)) return [diagnose('TF804', {}, { image })];
    return digestIn(image) ? [] : [diagnose('TF805', {}, { image })];
  });
}

function checkSize(pipeline: Pipeline, options: ArgoOptions): Diagnostic[] {
  if (pipeline.steps.length === 0) return [diagnose('TF807', {})];
  const { template } = exportArgo(pipeline, options);
  const sizes: [what: string, count: number, most: number][] = [
    ['templates', template.spec.templates?.length ?? 0, MOST_TEMPLATES],
    ['nodes', nodesOf(pipeline), MOST_NODES],
    ['bytes', Buffer.byteLength(JSON.stringify(template)), MOST_BYTES],
  ];
  return sizes
    .filter(([, count, most]) => count > most)
    .map(([what, count, most]) => diagnose('TF806', {}, { what, count: String(count), most: String(most) }));
}
