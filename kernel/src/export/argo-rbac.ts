/** What an administrator grants, once a namespace. Tagflow itself never does. */
import type { ClusterSettings, Deployment } from '@tagflow/schema';
import { SERVICE_ACCOUNT } from './names.js';

const API = 'rbac.authorization.k8s.io/v1';
const LABELS = { 'app.kubernetes.io/part-of': 'tagflow' };
const PODS = 'tagflow-pods';
const SUBMIT = 'tagflow-submit';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Argo's container in each pod hands over what came of it, and nothing else. */
const POD_RULES: Rule[] = [rule('argoproj.io', ['workflowtaskresults'], ['create', 'patch'])];

/** Of a person, or a program, that submits runs, watches and stops them, and reads logs of pods. */
const SUBMIT_RULES: Rule[] = [
  rule('argoproj.io', ['workflowtemplates'], ['get', 'list', 'create', 'patch', 'delete']),
  rule('argoproj.io', ['workflows'], ['get', 'list', 'watch', 'create', 'patch', 'delete']),
  rule('argoproj.io', ['cronworkflows'], ['get', 'list', 'create', 'update', 'patch', 'delete']),
  rule('', ['pods'], ['get', 'list', 'watch']),
  rule('', ['pods/log', 'events', 'serviceaccounts'], ['get', 'list']),
];

/** The service account of the pods with its rights, and a role for those who submit, to be bound to them. */
export function rbacOf(
  { serviceAccount = SERVICE_ACCOUNT }: ClusterSettings = {},
  { namespace }: Deployment = {},
): object[] {
  const meta = (name: string) => ({
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: LABELS,
  });
  const role = (name: string, rules: Rule[]) => ({
    apiVersion: API,
    kind: 'Role',
    metadata: meta(name),
    rules,
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(serviceAccount) },
    role(PODS, POD_RULES),
    {
      apiVersion: API,
      kind: 'RoleBinding',
      // Each service account has a binding of its own, so that pipelines with different ones share a namespace.
      metadata: meta(`${PODS}-${serviceAccount}`),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: PODS },
      subjects: [
        { kind: 'ServiceAccount', name: serviceAccount, ...(namespace === undefined ? {} : { namespace }) },
      ],
    },
    role(SUBMIT, SUBMIT_RULES),
  ];
}

function rule(group: string, resources: string[], verbs: string[]): Rule {
  return { apiGroups: [group], resources, verbs };
}
