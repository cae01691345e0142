/** What a notebook imports from `tagflow`. */
export * from './display.js';
export { comms, type Comm } from './comms.js';
export { file } from './file.js';
export { foreach, type ForeachOptions } from './foreach.js';
export { runs, type ArtifactOptions, type PastRun, type PastStep, type RunsFilter } from './runs.js';
export type { Moment, RunFilter } from '../store/run-filter.js';
