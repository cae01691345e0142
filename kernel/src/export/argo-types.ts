/** Argo's documents, typed by the Go types of Argo 4: what 4.0 removed (`schedule`, `mutex`) does not compile. */
import type {
  ICronWorkflow,
  IWorkflow,
  IWorkflowTemplate,
} from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1';

export type WorkflowTemplate = IWorkflowTemplate;
export type Workflow = IWorkflow;
export type CronWorkflow = ICronWorkflow;

export type WorkflowSpec = WorkflowTemplate['spec'];
/** What a task runs: a container, or tasks in turn. */
export type Template = NonNullable<WorkflowSpec['templates']>[number];
export type Task = NonNullable<Template['dag']>['tasks'][number];
export type Container = NonNullable<Template['container']>;
export type EnvVar = NonNullable<Container['env']>[number];
export type Volume = NonNullable<WorkflowSpec['volumes']>[number];
export type VolumeMount = NonNullable<Container['volumeMounts']>[number];
