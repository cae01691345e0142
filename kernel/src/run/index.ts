/** Runs of pipelines. */
export type { RunEvent } from './event.js';
export { ParameterError, parseParameter } from './parameter.js';
export { planRun, type Plan } from './plan.js';
export { PipelineErrors, startRun, type StartOptions } from './start.js';
