/** Documents of Argo Workflows and Kubernetes, as far as they are written here. */

export interface Parameter {
  name: string;
  value?: string;
  valueFrom?: { path: string; default: string };
}

export interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } } | { fieldRef: { fieldPath: string } };
}

export interface Container {
  image: string;
  command: string[];
  env: EnvironmentVariable[];
  envFrom?: { secretRef: { name: string; optional: boolean } }[];
  resources: { requests: Record<string, string>; limits?: Record<string, string> };
  securityContext: object;
  terminationMessagePolicy: 'FallbackToLogsOnError';
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

export interface Task {
  name: string;
  template: string;
  depends?: string;
  when?: string;
  withParam?: string;
  arguments?: { parameters: Parameter[] };
}

export interface Template {
  name: string;
  metadata?: { labels: Record<string, string> };
  inputs?: { parameters: Parameter[] };
  outputs?: { parameters: Parameter[] };
  dag?: { failFast: boolean; tasks: Task[] };
  retryStrategy?: object;
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
  volumes?: object[];
  container?: Container;
}

export interface KubernetesDocument {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [part: string]: unknown;
}
