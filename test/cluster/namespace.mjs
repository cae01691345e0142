// The namespace that tests use, as an administrator would give it to a person: restricted pods, few rights.
import { apply } from './api.mjs';
import { namespace, s3Keys } from './places.mjs';

const RBAC = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
const SPACE = `/api/v1/namespaces/${namespace}`;

const POD_RULES = [
  { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
];
const USER_RULES = [
  {
    apiGroups: ['argoproj.io'],
    resources: ['workflows', 'workflowtemplates', 'cronworkflows'],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['serviceaccounts', 'secrets'], verbs: ['get'] },
];

export async function makeNamespace() {
  await apply('/api/v1/namespaces', {
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  await apply(`${SPACE}/serviceaccounts`, { metadata: { name: 'tagflow' } });
  await grant('tagflow', POD_RULES, { kind: 'ServiceAccount', name: 'tagflow', namespace });
  await grant('tester', USER_RULES, { kind: 'User', name: 'tester', apiGroup: 'rbac.authorization.k8s.io' });
  await secret('tagflow-store', {
    AWS_ACCESS_KEY_ID: s3Keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
  });
  await secret('tagflow-secrets', { API_KEY: 'a-secret-of-the-test-cluster' });
}

async function grant(name, rules, subject) {
  await apply(`${RBAC}/roles`, { metadata: { name }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  await apply(`${RBAC}/rolebindings`, { metadata: { name }, roleRef, subjects: [subject] });
}

async function secret(name, values) {
  await apply(`${SPACE}/secrets`, { metadata: { name }, stringData: values });
}
