// Generated from schema/*.json by `npm run generate`. Do not edit.

/**
 * A step's name: a lower-case DNS label.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StepName".
 */
export type StepName = string;
/**
 * A length of time: a number and one of ms, s, m, h, d.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Duration".
 */
export type Duration = string;
/**
 * An amount of bytes, as Kubernetes writes it: 512Mi, 4Gi.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Quantity".
 */
export type Quantity = string;
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Severity".
 */
export type Severity = 'error' | 'warning' | 'info';
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CellRole".
 */
export type CellRole = 'step' | 'parameters' | 'setup' | 'skip' | 'none';
/**
 * A variable of the notebook: the id of the declaring cell, `#`, its name.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "VariableId".
 */
export type VariableId = string;
/**
 * A TypeScript type as self-contained text.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "TypeText".
 */
export type TypeText = string;
/**
 * sha256 of the canonical encoding, in hexadecimal.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Digest".
 */
export type Digest = string;
/**
 * Date and time, UTC, as toISOString writes it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Instant".
 */
export type Instant = string;
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunState".
 */
export type RunState = 'running' | 'succeeded' | 'failed' | 'stopped' | 'lost';
/**
 * skipped: a condition was false, its names keep their former values. omitted: something before it failed.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StepState".
 */
export type StepState =
  'pending' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'skipped' | 'omitted' | 'lost';
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "EndState".
 */
export type EndState = 'succeeded' | 'failed' | 'stopped';
/**
 * What a person files a run under: a name, or name=value.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunTag".
 */
export type RunTag = string;
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Request".
 */
export type Request =
  | AnalyseRequest
  | RunRequest
  | ResumeRequest
  | RetryRequest
  | StaleRequest
  | StopRequest
  | RunsRequest
  | ShowRequest
  | LogsRequest
  | AttemptsRequest
  | ArtifactRequest
  | ClusterRequest
  | ConfigureRequest
  | DoctorRequest
  | SubmitRequest
  | WatchRequest
  | ExportRequest
  | CompareRequest
  | CodeRequest
  | LineageRequest;
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Reply".
 */
export type Reply =
  | PipelineReply
  | RunReply
  | LogReply
  | RunsReply
  | ArtifactReply
  | AttemptsReply
  | StaleReply
  | StoppedReply
  | ErrorReply
  | ProgressReply
  | WaitingReply
  | AwayReply
  | ClusterReply
  | FindingReply
  | ExportedReply
  | ComparisonReply
  | CodeReply
  | LineageReply;

export interface Definitions {}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CellSettings".
 */
export interface CellSettings {
  /**
   * Steps that must have ended before this one starts, although no value flows. `[]` says that there are none.
   */
  after?: string[];
  /**
   * Which of the step's values become artifacts: those that another step consumes, or all that can be kept (the default).
   */
  keep?: 'consumed' | 'all';
  /**
   * The largest value, encoded, that is kept although no other step consumes it, such as 64Mi.
   */
  keepLimit?: string;
  /**
   * Whether an earlier result may stand for a run of this step, and for how long.
   */
  cache?:
    | boolean
    | {
        maxAge: Duration;
      };
  timeout?: Duration;
  /**
   * How often a failed attempt is made again.
   */
  retries?: number;
  /**
   * Environment variables with their values. A value may not be secret: it is recorded.
   */
  env?: {
    [k: string]: string;
  };
  /**
   * Names of environment variables that the step reads from where it runs. Their values enter the cache key.
   */
  envFrom?: string[];
  /**
   * Names of environment variables whose values are secret: never recorded, masked in logs.
   */
  secrets?: string[];
  /**
   * Files and folders, relative to the notebook, that are present in the step's working directory.
   */
  files?: string[];
  /**
   * Processors, as Kubernetes writes them: 2, 0.5 or 500m.
   */
  cpu?: string;
  backoff?: Duration;
  /**
   * On a cluster: how many items of a foreach one pod works on, one after the other; 1 if absent.
   */
  batch?: number;
  /**
   * Memory, as Kubernetes writes it: 512Mi, 4Gi. The program's heap limit follows from it.
   */
  memory?: string;
  /**
   * Graphics processors of one kind.
   */
  gpu?: {
    count: number;
    /**
     * The cluster's name of the resource; nvidia.com/gpu if absent.
     */
    name?: string;
  };
  ephemeralStorage?: Quantity;
  shm?: Quantity;
  /**
   * Labels that a node must have to run the step.
   */
  nodeSelector?: {
    [k: string]: string;
  };
  /**
   * Taints of nodes that the step tolerates, as Kubernetes writes them.
   */
  tolerations?: {
    key?: string;
    operator?: 'Exists' | 'Equal';
    value?: string;
    effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
    tolerationSeconds?: number;
  }[];
  /**
   * Volumes of the cluster that the step sees. What is in them is not part of the cache key.
   */
  volumes?: {
    /**
     * Where it is mounted, absolute.
     */
    path: string;
    /**
     * Name of a PersistentVolumeClaim.
     */
    claim: string;
    readOnly?: boolean;
  }[];
  /**
   * Base image of the step's container.
   */
  image?: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "NotebookSettings".
 */
export interface NotebookSettings {
  /**
   * The pipeline's name; the notebook's file name if absent.
   */
  name?: string;
  /**
   * How many steps run side by side on one machine; the number of processors if absent.
   */
  concurrency?: number;
  defaults?: CellSettings;
  cluster?: ClusterSettings;
}
/**
 * How runs of this pipeline on a cluster are set up.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ClusterSettings".
 */
export interface ClusterSettings {
  /**
   * Service account of the pods; `tagflow` if absent.
   */
  serviceAccount?: string;
  /**
   * Names of Secrets with which images are pulled.
   */
  pullSecrets?: string[];
  /**
   * How many pods of a run at once.
   */
  parallelism?: number;
  timeout?: Duration;
  ttl?: Duration;
  /**
   * When finished pods are deleted; OnPodSuccess if absent: pods that failed stay for a look.
   */
  podGC?: 'OnPodCompletion' | 'OnPodSuccess' | 'OnWorkflowCompletion' | 'OnWorkflowSuccess';
  /**
   * When the pipeline runs by itself, once it is scheduled.
   */
  schedule?: {
    /**
     * Five fields, such as `0 6 * * 1`.
     */
    cron: string;
    /**
     * Name of a time zone; UTC if absent.
     */
    timezone?: string;
  };
  /**
   * Runs of pipelines that name the same mutex wait for one another.
   */
  mutex?: string;
  /**
   * PriorityClass of the pods.
   */
  priorityClass?: string;
  /**
   * Where pods find the steps' code: in their image, or in the store, so that an edit builds no image (the default).
   */
  program?: 'image' | 'store';
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Position".
 */
export interface Position {
  /**
   * 1-based.
   */
  line: number;
  /**
   * 1-based, in UTF-16 code units.
   */
  column: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Range".
 */
export interface Range {
  start: Position;
  end: Position;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Diagnostic".
 */
export interface Diagnostic {
  /**
   * TF… from the table of diagnostics, TS… from the TypeScript compiler.
   */
  code: string;
  severity: Severity;
  /**
   * What is wrong.
   */
  message: string;
  /**
   * What to do about it.
   */
  advice?: string;
  /**
   * Id of the cell; absent when the notebook as a whole is meant.
   */
  cell?: string;
  range?: Range;
}
/**
 * A code cell and its place in the pipeline.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Cell".
 */
export interface Cell {
  id: string;
  /**
   * 0-based position among all cells of the notebook.
   */
  index: number;
  role: CellRole;
  step?: string;
}
/**
 * A JSON Schema for the value, where the type has one.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "JsonSchema".
 */
export interface JsonSchema {
  [k: string]: unknown;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Parameter".
 */
export interface Parameter {
  name: string;
  variable: VariableId;
  type: TypeText;
  schema?: JsonSchema;
  /**
   * The default: any JSON value.
   */
  value: unknown;
  cell: string;
}
/**
 * A value that a step consumes.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Input".
 */
export interface Input {
  name: string;
  variable: VariableId;
  /**
   * The step whose version of the variable is meant; absent for a parameter.
   */
  from?: string;
}
/**
 * A value that a step produces.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Output".
 */
export interface Output {
  name: string;
  variable: VariableId;
  type: TypeText;
  schema?: JsonSchema;
  /**
   * Whether a later step, or a later segment of this one, consumes it: if so, it must be serialisable.
   */
  consumed: boolean;
  /**
   * The cell that makes this version.
   */
  cell: string;
  /**
   * Why the value will not be kept, where the type tells.
   */
  note?: string;
}
/**
 * A step's program, or the program of one of its segments.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Program".
 */
export interface Program {
  /**
   * 0-based position in the step.
   */
  segment: number;
  /**
   * plain: a whole step. split: up to the first `foreach`. body: its body, once for each item. join: from a `foreach` on. nested: the body of a `foreach` in a body. condition: which branch runs. branch: one of them.
   */
  kind: 'plain' | 'split' | 'body' | 'join' | 'nested' | 'condition' | 'branch';
  /**
   * Begins with the results of the body before it.
   */
  collects?: boolean;
  /**
   * Ends with the items of the body after it.
   */
  splits?: boolean;
  /**
   * Of a body: it may look at the index of its item.
   */
  indexed?: boolean;
  /**
   * TypeScript of one flat module whose default export is `async ($x) => …`, with an inline source map to the cells.
   */
  source: string;
  inputs: VariableId[];
  outputs: VariableId[];
  /**
   * Specifiers of packages that the program imports.
   */
  packages: string[];
  /**
   * Specifiers of local files that the program imports, relative to the notebook.
   */
  localFiles: string[];
  /**
   * What the program says, part by part (`function h`, `statement 3`), each as a digest that neither types, comments and layout nor the ids and division of cells change.
   */
  code?: {
    [k: string]: Digest;
  };
  /**
   * Visible uses of clock, randomness, network and the like, such as `Math.random()`; absent if there are none.
   */
  impure?: string[];
  /**
   * True if it only declares constants, functions and classes, so that running it does nothing but make them; absent if it may do more.
   */
  inert?: true;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Step".
 */
export interface Step {
  name: StepName;
  cells: string[];
  consumes: Input[];
  produces: Output[];
  /**
   * Steps that must end first although no value flows.
   */
  after: string[];
  settings: CellSettings;
  programs: Program[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Pipeline".
 */
export interface Pipeline {
  format: 1;
  name: string;
  parameters: Parameter[];
  /**
   * In notebook order.
   */
  steps: Step[];
  cells: Cell[];
  diagnostics: Diagnostic[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Git".
 */
export interface Git {
  commit: string;
  branch?: string;
  dirty: boolean;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Origin".
 */
export interface Origin {
  run: string;
  kind: 'resume' | 'retry';
}
/**
 * An artifact of an earlier run that an attempt read through the library.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Read".
 */
export interface Read {
  run: string;
  step: string;
  name: string;
  digest: Digest;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Failure".
 */
export interface Failure {
  /**
   * The error's class.
   */
  name: string;
  message: string;
  cell?: string;
  /**
   * 1-based, in the cell.
   */
  line?: number;
  /**
   * 1-based.
   */
  column?: number;
  stack?: string;
  exitCode?: number;
  signal?: string;
  /**
   * Of the item, in a foreach.
   */
  index?: number;
  /**
   * The item as a short text.
   */
  input?: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Preview".
 */
export interface Preview {
  /**
   * A short text, cut to about 2,000 characters.
   */
  text: string;
  /**
   * A table or an image; untrusted when it is shown.
   */
  html?: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Artifact".
 */
export interface Artifact {
  name: string;
  variable: VariableId;
  digest: Digest;
  /**
   * Bytes of the encoding.
   */
  size: number;
  identity?: Digest;
  /**
   * Specifiers of packages whose instances the value holds; absent if there are none.
   */
  packages?: string[];
  type: TypeText;
  schema?: JsonSchema;
  preview: Preview;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "NotKept".
 */
export interface NotKept {
  name: string;
  reason: string;
  /**
   * In bytes, of a value that is larger than `keepLimit` was.
   */
  size?: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Versions".
 */
export interface Versions {
  tagflow: string;
  node: string;
  codec: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunStart".
 */
export interface RunStart {
  format: 1;
  id: string;
  /**
   * Name of the pipeline.
   */
  pipeline: string;
  document: Digest;
  /**
   * Path of the notebook, relative to the store's project.
   */
  notebook?: string;
  created: Instant;
  /**
   * Values given or defaulted, as JSON.
   */
  parameters: {
    [k: string]: unknown;
  };
  tags?: RunTag[];
  trigger: 'command' | 'notebook' | 'schedule';
  user: string;
  git?: Git;
  origin?: Origin;
  asOf?: Instant;
  versions: Versions;
  cluster?: ClusterRun;
}
/**
 * Where a run is, that runs on a cluster.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ClusterRun".
 */
export interface ClusterRun {
  /**
   * Of the kubeconfig it was submitted with.
   */
  context?: string;
  namespace: string;
  /**
   * Name of its Workflow.
   */
  workflow: string;
  placement: Digest;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AttemptStart".
 */
export interface AttemptStart {
  format: 1;
  run: string;
  step: string;
  segment: number;
  /**
   * Of the item, in a foreach.
   */
  index?: number;
  /**
   * Of an item of a foreach in the body of another: the items around it, outermost first.
   */
  within?: number[];
  /**
   * 1-based.
   */
  attempt: number;
  created: Instant;
  program: Digest;
  /**
   * By variable.
   */
  inputs: {
    [k: string]: Digest;
  };
  host: string;
  key?: Digest;
  parts?: Digest;
  /**
   * Which program made each input, by variable, as identities name it.
   */
  sources?: {
    [k: string]: string;
  };
  /**
   * Blobs that say which objects of an input are objects of others, by variable.
   */
  identities?: {
    [k: string]: Digest;
  };
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AttemptEnd".
 */
export interface AttemptEnd {
  format: 1;
  state: EndState;
  ended: Instant;
  outputs: Artifact[];
  notKept: NotKept[];
  read?: Read[];
  failure?: Failure;
  /**
   * Items that the program hands to the body of a foreach, in order.
   */
  items?: Crossing[];
  /**
   * How many items are worked on at once, where the foreach says so.
   */
  concurrency?: number;
  result?: Crossing;
  /**
   * Which branch a condition chose, 0-based; absent if none.
   */
  branch?: number;
  /**
   * The run whose result stands for this attempt: nothing ran.
   */
  cached?: string;
}
/**
 * A value that goes from one program of a step to another without a name.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Crossing".
 */
export interface Crossing {
  digest: Digest;
  size: number;
  identity?: Digest;
  /**
   * Specifiers of packages whose instances the value holds; absent if there are none.
   */
  packages?: string[];
}
/**
 * Which attempt of a step is meant.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AttemptPlace".
 */
export interface AttemptPlace {
  segment: number;
  /**
   * Of the item, in a foreach.
   */
  index?: number;
  /**
   * Of an item of a foreach in the body of another: the items around it, outermost first.
   */
  within?: number[];
  /**
   * 1-based.
   */
  attempt: number;
}
/**
 * What became of one attempt.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Attempt".
 */
export interface Attempt {
  /**
   * Tells it from all others of its step.
   */
  key: string;
  place: AttemptPlace;
  /**
   * lost: it ended without a word.
   */
  state: 'running' | 'succeeded' | 'failed' | 'stopped' | 'lost';
  started: Instant;
  ended?: Instant;
  failure?: Failure;
}
/**
 * An item of what a foreach goes through.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CachedItem".
 */
export interface CachedItem {
  digest: Digest;
  /**
   * Bytes of the encoding.
   */
  size: number;
  identity?: Digest;
}
/**
 * What a program made under a key. Its outputs stand for a run of any program with the same key.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CacheEntry".
 */
export interface CacheEntry {
  format: 1;
  key: Digest;
  /**
   * The run that made it.
   */
  run: string;
  step: string;
  segment: number;
  /**
   * Of the item, in a foreach.
   */
  index?: number;
  /**
   * Of an item of a foreach in the body of another: the items around it, outermost first.
   */
  within?: number[];
  created: Instant;
  outputs: Artifact[];
  /**
   * 0-based, of a condition's branches: the one that it chose.
   */
  branch?: number;
  /**
   * What the body of a foreach is run for.
   */
  items?: CachedItem[];
  result?: Crossing;
  concurrency?: number;
  read?: Read[];
  notKept?: NotKept[];
}
/**
 * What became of a step, derived from its attempts.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StepRun".
 */
export interface StepRun {
  name: string;
  state: StepState;
  started?: Instant;
  ended?: Instant;
  attempts: number;
  outputs: Artifact[];
  notKept: NotKept[];
  failure?: Failure;
  loops?: LoopRun[];
  /**
   * Which branch a condition chose, 0-based.
   */
  branch?: number;
  /**
   * The run whose results stand for this step, if nothing of it ran.
   */
  cached?: string;
  /**
   * Values that another run made differently from the same code and inputs.
   */
  differs?: string[];
}
/**
 * How far the items of a foreach are.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LoopRun".
 */
export interface LoopRun {
  /**
   * Of the body.
   */
  segment: number;
  total: number;
  succeeded: number;
  running: number;
  /**
   * Indices of the items that failed.
   */
  failed: number[];
  /**
   * How many of those that succeeded stand for by earlier results.
   */
  cached?: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunEnd".
 */
export interface RunEnd {
  format: 1;
  id: string;
  state: EndState;
  ended: Instant;
  start: RunStart;
  steps: StepRun[];
}
/**
 * A run as it is shown: derived from its records.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Run".
 */
export interface Run {
  id: string;
  pipeline: string;
  document: Digest;
  notebook?: string;
  state: RunState;
  created: Instant;
  ended?: Instant;
  parameters: {
    [k: string]: unknown;
  };
  tags?: RunTag[];
  trigger: string;
  user: string;
  git?: Git;
  origin?: Origin;
  steps: StepRun[];
  cluster?: ClusterRun;
}
/**
 * A value of a run: an artifact, or a parameter, which no step made. A step that used values and kept none stands for itself; so do the items of a loop, together.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LineageNode".
 */
export interface LineageNode {
  /**
   * `run/step/segment/name` of an artifact, `run/name` of a parameter, `run/step/segment/` of a step that kept nothing, and of the items of a loop.
   */
  id: string;
  digest?: Digest;
  name: string;
  type?: TypeText;
  run: string;
  step?: string;
  segment?: number;
  /**
   * Of the item, in a foreach.
   */
  index?: number;
  /**
   * Of the items of a loop: how many there are.
   */
  items?: number;
  made?: Instant;
  program?: Digest;
  /**
   * Of a parameter: any JSON value.
   */
  value?: unknown;
}
/**
 * `to` was made with `from`.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LineageEdge".
 */
export interface LineageEdge {
  /**
   * Id of a node.
   */
  from: string;
  /**
   * Id of a node.
   */
  to: string;
  /**
   * consumed: an input of the step. read: read from an earlier run through the library.
   */
  kind: 'consumed' | 'read';
}
/**
 * A run on the way, and the version of its code.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LineageRun".
 */
export interface LineageRun {
  id: string;
  pipeline: string;
  created: Instant;
  git?: Git;
  parameters: {
    [k: string]: unknown;
  };
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Lineage".
 */
export interface Lineage {
  /**
   * Id of the node that was asked for.
   */
  of: string;
  nodes: LineageNode[];
  edges: LineageEdge[];
  runs: LineageRun[];
  /**
   * Ids of nodes beyond which there is more: the depth asked for ends there.
   */
  cut: string[];
}
/**
 * A cell of a recorded notebook, or a step's program where no notebook was recorded.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CodeUnit".
 */
export interface CodeUnit {
  id: string;
  /**
   * What a person calls it: `cell 3 (step train)`.
   */
  title: string;
  text: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "DiffLine".
 */
export interface DiffLine {
  change: 'equal' | 'added' | 'removed';
  text: string;
}
/**
 * A unit that is not equal.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CodeDiff".
 */
export interface CodeDiff {
  id: string;
  title: string;
  change: 'changed' | 'added' | 'removed';
  lines: DiffLine[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ParameterDiff".
 */
export interface ParameterDiff {
  name: string;
  change: 'equal' | 'changed' | 'added' | 'removed';
  /**
   * Any JSON value.
   */
  from?: unknown;
  /**
   * Any JSON value.
   */
  to?: unknown;
}
/**
 * How a step ended in each run; absent where there is no such step.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StepDiff".
 */
export interface StepDiff {
  name: string;
  from?: StepState;
  to?: StepState;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "NumberDiff".
 */
export interface NumberDiff {
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  from: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  to: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  difference: number;
  /**
   * The difference as a share of the former value; absent if that was 0 or one of them is not finite.
   */
  relative?: number;
}
/**
 * A field of an object that is not the same in both: `number` if it is one in both.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "FieldDiff".
 */
export interface FieldDiff {
  name: string;
  /**
   * Any JSON value.
   */
  from?: unknown;
  /**
   * Any JSON value.
   */
  to?: unknown;
  number?: NumberDiff;
}
/**
 * Of the numbers in a column, or of how many different values it has.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ColumnSummary".
 */
export interface ColumnSummary {
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  mean?: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  min?: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  max?: number;
  distinct?: number;
  /**
   * Rows without a value.
   */
  missing: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ColumnDiff".
 */
export interface ColumnDiff {
  name: string;
  from?: ColumnSummary;
  to?: ColumnSummary;
  /**
   * Rows in which it is not the same; absent if the tables have not the same number of rows.
   */
  changed?: number;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "TableDiff".
 */
export interface TableDiff {
  /**
   * In the one and in the other.
   *
   * @minItems 2
   * @maxItems 2
   */
  rows: [number, number];
  columns: ColumnDiff[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ArtifactFacts".
 */
export interface ArtifactFacts {
  digest: Digest;
  size: number;
  type: TypeText;
}
/**
 * An artifact of both runs, or of one. At most one of number, fields and table tells how the values differ.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ArtifactDiff".
 */
export interface ArtifactDiff {
  step: string;
  name: string;
  change: 'equal' | 'changed' | 'added' | 'removed';
  from?: ArtifactFacts;
  to?: ArtifactFacts;
  number?: NumberDiff;
  fields?: FieldDiff[];
  table?: TableDiff;
}
/**
 * A number that a step made, in both runs.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "MetricDiff".
 */
export interface MetricDiff {
  step: string;
  name: string;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  from: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  to: number;
  /**
   * JSON has no NaN and no infinity: null stands for them.
   */
  difference: number;
  relative?: number;
}
/**
 * A run without its steps.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunHead".
 */
export interface RunHead {
  id: string;
  pipeline: string;
  notebook?: string;
  state: RunState;
  created: Instant;
  ended?: Instant;
  user: string;
  git?: Git;
}
/**
 * What differs between two runs.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunDiff".
 */
export interface RunDiff {
  from: RunHead;
  to: RunHead;
  parameters: ParameterDiff[];
  code: CodeDiff[];
  /**
   * Whether the cells that both have stand in another order.
   */
  reordered: boolean;
  /**
   * Only steps that did not end alike.
   */
  steps: StepDiff[];
  artifacts: ArtifactDiff[];
  metrics: MetricDiff[];
}
/**
 * Where a project's pipelines run: `tagflow` in its package.json. What is absent is taken from the environment or the kubeconfig.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Deployment".
 */
export interface Deployment {
  /**
   * Context of the kubeconfig; the current one if absent.
   */
  context?: string;
  /**
   * Namespace of the runs; the context's if absent.
   */
  namespace?: string;
  store?: {
    /**
     * s3://BUCKET/PREFIX.
     */
    url?: string;
    /**
     * Address of the S3 service, where it is not AWS, as seen from here.
     */
    endpoint?: string;
    /**
     * Its address as seen from pods; the same if absent.
     */
    clusterEndpoint?: string;
    region?: string;
    /**
     * Name of the Secret whose entries (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, …) pods get as environment variables; `tagflow-store` if absent. It need not exist where pods have an identity of their own.
     */
    secret?: string;
    /**
     * Path, relative to package.json, of a certificate that signs the endpoint's.
     */
    ca?: string;
    /**
     * Name of a ConfigMap with that certificate under `ca.crt`, for pods.
     */
    caConfigMap?: string;
  };
  registry?: {
    /**
     * Registry and path under which images are pushed from here, such as registry.example.com/team.
     */
    push?: string;
    /**
     * The same place as seen from nodes; `push` if absent.
     */
    pull?: string;
    /**
     * Whether it is spoken to by plain HTTP.
     */
    insecure?: boolean;
  };
  /**
   * Base image of steps that name none; `node:MAJOR-slim` of the major version of Node here if absent.
   */
  base?: string;
  /**
   * Of the nodes; linux/amd64 if absent.
   */
  platform?: string;
  /**
   * Name of the Secret that holds what steps declare as `secrets`; `tagflow-secrets` if absent.
   */
  secrets?: string;
}
/**
 * A program as pods find it, with what its cache key takes from the project.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ProgramPlacement".
 */
export interface ProgramPlacement {
  program: Digest;
  /**
   * Digest of each local file that it imports, by its path relative to the notebook.
   */
  localFiles: {
    [k: string]: string;
  };
  /**
   * Specifiers of packages that it and its local files import.
   */
  packages: string[];
}
/**
 * How a Pipeline is brought to the pods of a run.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Placement".
 */
export interface Placement {
  format: 1;
  steps: {
    [k: string]: StepPlacement;
  };
  /**
   * Whether results of earlier runs may stand for steps.
   */
  cache: boolean;
}
/**
 * A step as its pods find it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StepPlacement".
 */
export interface StepPlacement {
  /**
   * What its pods run, with its digest.
   */
  image: string;
  /**
   * Digest of the base image, where one is named; its name where nobody knows the digest.
   */
  base?: string;
  /**
   * Digest of each declared file, by its path relative to the notebook; each is a blob. Of an empty folder `empty`.
   */
  files: {
    [k: string]: string;
  };
  /**
   * Values of the variables that the step reads from where the run was submitted.
   */
  env: {
    [k: string]: string;
  };
  /**
   * In the order of the step's programs.
   */
  programs: ProgramPlacement[];
}
/**
 * Order and sources of the document: the kernel analyses them and remembers them.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AnalyseRequest".
 */
export interface AnalyseRequest {
  type: 'analyse';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
  /**
   * Path of the notebook, relative to the server's root.
   */
  path?: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunRequest".
 */
export interface RunRequest {
  type: 'run';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
  path?: string;
  parameters: {
    [k: string]: unknown;
  };
  /**
   * Whether results of earlier runs may stand for steps; yes if absent.
   */
  cache?: boolean;
}
/**
 * Goes on with a run that ended early, with the notebook as it is now. Answered as `run` is.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ResumeRequest".
 */
export interface ResumeRequest {
  type: 'resume';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
  path?: string;
}
/**
 * Goes on with a run that ended early, with the notebook as the run recorded it. Answered as `run` is.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RetryRequest".
 */
export interface RetryRequest {
  type: 'retry';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
}
/**
 * Which steps of the notebook, as it was analysed last, would run again now.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StaleRequest".
 */
export interface StaleRequest {
  type: 'stale';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  parameters: {
    [k: string]: unknown;
  };
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StopRequest".
 */
export interface StopRequest {
  type: 'stop';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
}
/**
 * Where the project's runs on a cluster go.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ClusterRequest".
 */
export interface ClusterRequest {
  type: 'cluster';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
}
/**
 * Writes under `tagflow` in the project's package.json where its runs on a cluster go. Answered as `cluster` is.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ConfigureRequest".
 */
export interface ConfigureRequest {
  type: 'configure';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * A Deployment. It comes from a form: what is wrong in it is answered with a sentence of its own.
   */
  deployment: {
    [k: string]: unknown;
  };
}
/**
 * Whether runs can be submitted from here: one finding after the other.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "DoctorRequest".
 */
export interface DoctorRequest {
  type: 'doctor';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * Whether a pod is sent there and back.
   */
  roundTrip: boolean;
  /**
   * Its settings say as whom pods run and how they get their images; nbformat 4 JSON.
   */
  notebook?: {
    [k: string]: unknown;
  };
}
/**
 * Runs the pipeline on the cluster. Answered as `run` is, with progress before the run's first state.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "SubmitRequest".
 */
export interface SubmitRequest {
  type: 'submit';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
  path?: string;
  parameters: {
    [k: string]: unknown;
  };
  /**
   * Whether results of earlier runs may stand for steps; yes if absent.
   */
  cache?: boolean;
}
/**
 * Follows a run that is on a cluster until it has ended. Answered as `run` is.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "WatchRequest".
 */
export interface WatchRequest {
  type: 'watch';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
}
/**
 * Writes the pipeline as files from which a cluster runs it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ExportRequest".
 */
export interface ExportRequest {
  type: 'export';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
  path?: string;
  /**
   * Where the files go, relative to the notebook.
   */
  folder: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunsRequest".
 */
export interface RunsRequest {
  type: 'runs';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  limit?: number;
  pipeline?: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ShowRequest".
 */
export interface ShowRequest {
  type: 'show';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LogsRequest".
 */
export interface LogsRequest {
  type: 'logs';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  step: string;
  attempt?: AttemptPlace;
}
/**
 * What became of the attempts of a step, where there was more than one.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AttemptsRequest".
 */
export interface AttemptsRequest {
  type: 'attempts';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  step: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ArtifactRequest".
 */
export interface ArtifactRequest {
  type: 'artifact';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  step: string;
  name: string;
}
/**
 * What differs between two runs.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CompareRequest".
 */
export interface CompareRequest {
  type: 'compare';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  from: string;
  to: string;
}
/**
 * The code of a run, and how the notebook differs from it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CodeRequest".
 */
export interface CodeRequest {
  type: 'code';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  /**
   * The notebook as nbformat 4 JSON, outputs may be left out.
   */
  notebook: {
    [k: string]: unknown;
  };
}
/**
 * What an artifact came from, and what came of it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LineageRequest".
 */
export interface LineageRequest {
  type: 'lineage';
  /**
   * Chosen by the asking side; the answers carry it.
   */
  id: string;
  run: string;
  step: string;
  name: string;
  /**
   * How many steps back and on.
   */
  depth: number;
}
/**
 * Programs come without their source.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "PipelineReply".
 */
export interface PipelineReply {
  type: 'pipeline';
  id: string;
  pipeline: Pipeline;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunReply".
 */
export interface RunReply {
  type: 'run';
  id: string;
  run: Run;
  document?: Pipeline;
  /**
   * Whether this is the last reply to the request.
   */
  done: boolean;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LogReply".
 */
export interface LogReply {
  type: 'log';
  id: string;
  run: string;
  step: string;
  /**
   * Key of the attempt that wrote it, while a run goes on.
   */
  attempt?: string;
  stream: 'stdout' | 'stderr';
  text: string;
  /**
   * Whether this is the last reply to a `logs` request; false while a run goes on.
   */
  done: boolean;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "RunsReply".
 */
export interface RunsReply {
  type: 'runs';
  id: string;
  runs: Run[];
}
/**
 * What is done before a run begins or files are written.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ProgressReply".
 */
export interface ProgressReply {
  type: 'progress';
  id: string;
  /**
   * What is being done, as a short phrase.
   */
  text: string;
  done: false;
}
/**
 * A pod of a step has not begun.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "WaitingReply".
 */
export interface WaitingReply {
  type: 'waiting';
  id: string;
  run: string;
  step: string;
  /**
   * Why, as a sentence.
   */
  text: string;
  done: false;
}
/**
 * Cluster or store do not answer, or do so again.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AwayReply".
 */
export interface AwayReply {
  type: 'away';
  id: string;
  run: string;
  /**
   * What does not answer, as a sentence; absent once it answers again.
   */
  text?: string;
  until?: Instant;
  done: false;
}
/**
 * The cluster that is reached, as the kubeconfig or the pod's own surroundings have it.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ClusterPlace".
 */
export interface ClusterPlace {
  /**
   * Absent inside a cluster.
   */
  context?: string;
  server: string;
  user: string;
  namespace: string;
}
/**
 * What is known without asking the cluster.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ClusterReply".
 */
export interface ClusterReply {
  type: 'cluster';
  id: string;
  deployment: Deployment;
  place?: ClusterPlace;
  /**
   * All that the kubeconfig has.
   */
  contexts: string[];
  /**
   * Why nothing can be submitted as things are, as a sentence.
   */
  problem?: string;
}
/**
 * One thing that runs on a cluster need.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "FindingReply".
 */
export interface FindingReply {
  type: 'finding';
  id: string;
  /**
   * What was looked at.
   */
  what: string;
  state: 'checking' | 'ok' | 'failed';
  /**
   * What was found or, where it is not well, what to do.
   */
  text: string;
  /**
   * Whether this is the last reply to the request.
   */
  done: boolean;
}
/**
 * The files are written.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ExportedReply".
 */
export interface ExportedReply {
  type: 'exported';
  id: string;
  /**
   * Paths relative to the notebook.
   */
  files: string[];
  warnings: string[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ArtifactReply".
 */
export interface ArtifactReply {
  type: 'artifact';
  id: string;
  artifact: Artifact;
  /**
   * The value as JSON, where it has such a form and is small.
   */
  value?: unknown;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "AttemptsReply".
 */
export interface AttemptsReply {
  type: 'attempts';
  id: string;
  attempts: Attempt[];
  /**
   * How many attempts are not told.
   */
  more: number;
}
/**
 * Whether a step would run again now.
 *
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "Staleness".
 */
export interface Staleness {
  step: string;
  /**
   * Whether anything of it would run.
   */
  stale: boolean;
  /**
   * Why, as sentences; for a step that would not run, none.
   */
  reasons: string[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StaleReply".
 */
export interface StaleReply {
  type: 'stale';
  id: string;
  steps: Staleness[];
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "StoppedReply".
 */
export interface StoppedReply {
  type: 'stopped';
  id: string;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ComparisonReply".
 */
export interface ComparisonReply {
  type: 'comparison';
  id: string;
  diff: RunDiff;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "CodeReply".
 */
export interface CodeReply {
  type: 'code';
  id: string;
  /**
   * As it was.
   */
  code: CodeUnit[];
  /**
   * From then to now.
   */
  diff: CodeDiff[];
  reordered: boolean;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "LineageReply".
 */
export interface LineageReply {
  type: 'lineage';
  id: string;
  lineage: Lineage;
}
/**
 * This interface was referenced by `Definitions`'s JSON-Schema
 * via the `definition` "ErrorReply".
 */
export interface ErrorReply {
  type: 'error';
  id: string;
  /**
   * A sentence with what to do.
   */
  message: string;
  diagnostics?: Diagnostic[];
}
