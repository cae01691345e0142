/** What a notebook imports from `tagflow`. */
export * from './display.js';
export { comms, type Comm } from './comms.js';
