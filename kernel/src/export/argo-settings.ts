/** Settings that are well formed, and that a cluster would refuse all the same. */
import type { CellSettings, ClusterSettings, Deployment } from '@tagflow/schema';
import { bytesOf, milliseconds } from '../pipeline/quantity.js';
import { cronProblem, isTimeZone } from './cron.js';
import { holdsExpression, isLabelKey, isLabelName, isLabelValue, isObjectName } from './kubernetes.js';
import { DEFAULT_PLATFORM } from './machine.js';
import { APP, CA, ENTRY, OUTPUTS, RUNTIME } from './pod-paths.js';

/** `reason` is the end of a sentence that begins with the setting. */
export interface SettingProblem {
  setting: string;
  reason: string;
}

/** Paths that a volume may not hide: pods need what is there. */
const NEEDED = [
  ...[`${APP}/node_modules`, `${APP}/programs`, ENTRY, CA, OUTPUTS],
  ...['/argo', '/var/run/argo', '/var/run/secrets', '/dev', '/proc', '/sys'],
  ...['/bin', '/etc', '/lib', '/usr/bin', '/usr/lib', '/usr/local/bin'],
];
/** Variables with which the pod itself works. */
const TAKEN = /^(TAGFLOW_|AWS_|ARGO_|NODE_)|^(HOME|PATH|TMPDIR)$/;
const NO_NAME = 'is no name that Kubernetes takes: it takes lower-case letters, digits, "-" and "."';
const EXPRESSION = 'holds `{{`, which Argo Workflows takes for an expression';

/** Of a step. */
export function stepProblems(
  settings: CellSettings,
  { platform = DEFAULT_PLATFORM }: Deployment,
): SettingProblem[] {
  const {
    nodeSelector = {},
    tolerations = [],
    volumes = [],
    secrets = [],
    shm,
    memory,
    gpu,
    image,
  } = settings;
  const arch = nodeSelector['kubernetes.io/arch'];
  return found([
    ...Object.entries(nodeSelector).map(
      ([key, value]) => [`nodeSelector.${key}`, labelProblem(key, value)] as const,
    ),
    [
      'nodeSelector',
      arch && !platform.endsWith(`/${arch}`) && `asks for ${arch}, and images are made for ${platform}`,
    ],
    ...tolerations.map((toleration, i) => [`tolerations.${i}`, tolerationProblem(toleration)] as const),
    ...volumes.map((volume, i) => [`volumes.${i}`, volumeProblem(volume, volumes.slice(0, i))] as const),
    ...secrets.map(
      (name, i) =>
        [
          `secrets.${i}`,
          TAKEN.test(name) && `is ${name}, which the pod itself works with: give the secret another name`,
        ] as const,
    ),
    [
      'shm',
      shm && memory && bytesOf(shm) >= bytesOf(memory) && 'must be less than `memory`, of which it is a part',
    ],
    ['gpu.name', gpu?.name?.startsWith('kubernetes.io/') && 'is a name that Kubernetes keeps for itself'],
    ['image', image && holdsExpression(image) && EXPRESSION],
  ]);
}

function labelProblem(key: string, value: string): string | false {
  if (!isLabelKey(key)) return 'is no label that a node can have';
  return (
    !isLabelValue(value) &&
    `cannot be ${JSON.stringify(value)}: a label's value is of letters, digits, "-", "_" and "."`
  );
}

function tolerationProblem({
  key = '',
  operator = 'Equal',
  value = '',
  effect,
  tolerationSeconds,
}: NonNullable<CellSettings['tolerations']>[number]): string | false {
  if (key === '' && operator !== 'Exists') return 'must have a `key`, or `"operator": "Exists"`';
  if (key !== '' && !isLabelKey(key)) return 'has a `key` that no taint can have';
  if (operator === 'Exists' && value !== '') return 'must have no `value` where the operator is `Exists`';
  if (!isLabelValue(value)) return 'has a `value` that no taint can have';
  return (
    tolerationSeconds !== undefined &&
    effect !== 'NoExecute' &&
    'may have `tolerationSeconds` only with `"effect": "NoExecute"`'
  );
}

type StepVolume = NonNullable<CellSettings['volumes']>[number];

function volumeProblem({ path, claim }: StepVolume, before: readonly StepVolume[]): string | false {
  const clean = withoutEnd(path);
  if (/:|\{\{|\/\.{1,2}(\/|$)/.test(path)) return `has the path ${path}, which may hold no ":", "{{" or ".."`;
  if (NEEDED.some((needed) => `${needed}/`.startsWith(clean)) || clean.startsWith(`${RUNTIME}/`))
    return `would hide what a pod needs under ${path}: mount it elsewhere, such as under /data`;
  if (before.some((other) => withoutEnd(other.path) === clean)) return `has the path ${path}, as another has`;
  return !isObjectName(claim) && `has a claim whose name ${NO_NAME}`;
}

function withoutEnd(path: string): string {
  return `${path.replace(/\/+/g, '/').replace(/\/$/, '')}/`;
}

/** Of the notebook as a whole. */
export function clusterProblems(settings: ClusterSettings): SettingProblem[] {
  const { serviceAccount, priorityClass, pullSecrets = [], mutex, schedule, timeout } = settings;
  return found([
    ['serviceAccount', serviceAccount !== undefined && !isObjectName(serviceAccount) && NO_NAME],
    ['priorityClass', priorityClass !== undefined && !isObjectName(priorityClass) && NO_NAME],
    ...pullSecrets.map((name, i) => [`pullSecrets.${i}`, !isObjectName(name) && NO_NAME] as const),
    ['mutex', mutex !== undefined && !isObjectName(mutex) && NO_NAME],
    ['schedule.cron', schedule && cronProblem(schedule.cron)],
    [
      'schedule.timezone',
      schedule?.timezone !== undefined &&
        !isTimeZone(schedule.timezone) &&
        'is no time zone: write it as `Europe/Berlin`',
    ],
    ['timeout', timeout && milliseconds(timeout) === 0 && 'must be longer than nothing'],
  ]);
}

/** Of the project. */
export function deploymentProblems({
  namespace,
  store = {},
  secrets,
  base,
  registry = {},
}: Deployment): SettingProblem[] {
  const texts = {
    'store.url': store.url,
    'store.endpoint': store.endpoint,
    'store.clusterEndpoint': store.clusterEndpoint,
    'store.region': store.region,
    base,
    'registry.push': registry.push,
    'registry.pull': registry.pull,
  };
  const names = { 'store.secret': store.secret, 'store.caConfigMap': store.caConfigMap, secrets };
  return found([
    [
      'store.url',
      store.url === undefined && 'is missing: pods need a store that they can reach, as `s3://BUCKET/PREFIX`',
    ],
    ['namespace', namespace !== undefined && !isLabelName(namespace) && NO_NAME],
    ...Object.entries(names).map(
      ([setting, name]) => [setting, name !== undefined && !isObjectName(name) && NO_NAME] as const,
    ),
    ...Object.entries(texts).map(
      ([setting, text]) => [setting, text !== undefined && holdsExpression(text) && EXPRESSION] as const,
    ),
  ]);
}

function found(
  checks: readonly (readonly [setting: string, reason: string | false | undefined])[],
): SettingProblem[] {
  return checks.flatMap(([setting, reason]) => (reason ? [{ setting, reason }] : []));
}
