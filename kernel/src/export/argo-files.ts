/** A pipeline's documents as files for a repository: what each is, how it is applied, and what must be there. */
import type { ClusterSettings, Deployment, Pipeline } from '@tagflow/schema';
import { type ArgoOptions, exportArgo } from './argo.js';
import { rbacOf } from './argo-rbac.js';
import { MADE_BY } from './made-by.js';
import { STEP_SECRET, STORE_SECRET } from './names.js';
import { yamlOf } from './yaml.js';

export interface ArgoFile {
  name: string;
  text: string;
}

/** Names of all files that there may be; one that is not among those of a pipeline is no longer of use. */
export const ARGO_FILES = ['template.yaml', 'workflow.yaml', 'schedule.yaml', 'rbac.yaml'];

/** The same pipeline and options give the same bytes. */
export function argoFiles(pipeline: Pipeline, options: ArgoOptions): ArgoFile[] {
  const { template, workflow, schedule } = exportArgo(pipeline, options);
  const { cluster = {}, deployment = {} } = options;
  const of = `the pipeline ${pipeline.name}`;
  return [
    file('template.yaml', [template], `What ${of} is, for Argo Workflows 3.6 to 4.`, [
      // Otherwise kubectl keeps a copy in an annotation, which takes a quarter of a megabyte.
      'kubectl apply --server-side -f template.yaml',
      '',
      'Its name changes with its content, so that a run never sees it change: earlier ones may be deleted at any time.',
      ...secretLines(pipeline, deployment),
    ]),
    file('workflow.yaml', [workflow], `A run of ${of}; each time another.`, [
      'kubectl create -f workflow.yaml',
      '',
      "Values for the pipeline's parameters go to the Workflow's argument `parameters`, as JSON.",
    ]),
    ...(schedule
      ? [file('schedule.yaml', [schedule], `Runs ${of} by itself.`, ['kubectl apply -f schedule.yaml'])]
      : []),
    rbacFile(cluster, deployment),
  ];
}

/** It follows from settings alone, so that an administrator can have it before anything else is there. */
export function rbacFile(cluster: ClusterSettings, deployment: Deployment): ArgoFile {
  return file(
    'rbac.yaml',
    rbacOf(cluster, deployment),
    'What pods, and those who submit runs, may do. Once a namespace, by an administrator.',
    [
      'kubectl apply -f rbac.yaml',
      '',
      'Who submits runs is bound to the second role:',
      '',
      `kubectl create rolebinding tagflow-submit --role=tagflow-submit --user=NAME${inNamespace(deployment)}`,
    ],
  );
}

function file(name: string, documents: readonly object[], title: string, lines: readonly string[]): ArgoFile {
  return { name, text: yamlOf(documents, [title, MADE_BY, '', ...lines]) };
}

/** What pods are given of Secrets and the like; no value of one stands here, nor on a command line. */
function secretLines({ steps }: Pipeline, deployment: Deployment): string[] {
  const { store = {}, secrets = STEP_SECRET } = deployment;
  const names = [...new Set(steps.flatMap(({ settings }) => settings.secrets ?? []))].sort();
  const create = (kind: string, name: string, from: string): string =>
    `kubectl create ${kind} ${name}${inNamespace(deployment)} ${from}`;
  return [
    '',
    'Pods that have no identity of their own with the store need its keys,',
    'AWS_ACCESS_KEY_ID=… and AWS_SECRET_ACCESS_KEY=… in two lines of a file:',
    '',
    create('secret generic', store.secret ?? STORE_SECRET, '--from-env-file=FILE'),
    ...(names.length > 0
      ? [
          '',
          `Its steps need the secrets ${names.join(', ')}, one a line:`,
          '',
          create('secret generic', secrets, '--from-env-file=tagflow.secrets'),
        ]
      : []),
    ...(store.caConfigMap
      ? [
          '',
          "Pods trust the store's certificate by this:",
          '',
          create('configmap', store.caConfigMap, '--from-file=ca.crt'),
        ]
      : []),
  ];
}

function inNamespace({ namespace }: Deployment): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}
