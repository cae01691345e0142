/** What crosses a boundary: types, validators, the tag grammar, and what can be derived from a Pipeline alone. */
export * from './generated/types.js';
export * from './generated/validators.js';
export * from './tags.js';
export * from './edges.js';
export * from './type-text.js';
export * from './attempt-text.js';
export * from './commit-text.js';
export * from './quantities.js';
export * from './adapted.js';

/** The comm target over which the extension talks to the kernel. */
export const COMM_TARGET = 'tagflow';
