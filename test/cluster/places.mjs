// Versions, addresses and folders of the test cluster: each said once.
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Below 1.35, for machines whose control groups are still of the first version. */
export const KUBERNETES = '1.33.13';
export const ARGO = '3.7.4';
/** Raised when binaries are built otherwise. */
const FORMAT = 2;

const cache = join(homedir(), '.cache', 'tagflow');
const digest = createHash('sha256').update(`${FORMAT} ${KUBERNETES} ${ARGO} ${process.arch}`).digest('hex');
/** What is built once. */
export const binaries = join(cache, 'cluster', digest.slice(0, 12));
/** What a cluster that is up consists of; gone when it is down. */
export const state = join(cache, 'cluster', 'state');

/** The node, as pods see it; registry and S3 listen on it too. */
export const nodeAddress = '10.201.0.1';
/** The API server, as pods see it: the first address of the services' network. */
export const apiAddress = '10.96.0.1';
export const servicesNetwork = '10.96.0.0/24';
export const podsNetwork = '10.202.0.0/16';
export const bridge = 'tagflow0';
export const apiPort = 443;
export const registryAddress = '127.0.0.1:5000';
export const s3Port = 8333;

export const namespace = 'tagflow-test';
export const bucket = 'tagflow';
export const adminKubeconfig = join(state, 'admin.kubeconfig');
export const kubeconfig = join(state, 'kubeconfig');

/** Of test servers on this machine alone. */
export const s3Keys = { accessKeyId: 'tagflow-test', secretAccessKey: 'not-secret-on-a-test-machine' };
export const adminToken = 'admin-of-the-test-cluster';
export const userToken = 'user-of-the-test-cluster';

export const nodeBase = (major) => `${registryAddress}/node:${major}-slim`;
export const argoexec = `${registryAddress}/argoexec:v${ARGO}`;
export const pause = `${registryAddress}/pause:3`;
