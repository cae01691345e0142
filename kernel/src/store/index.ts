/** The store: runs, their logs and their artifacts. */
export { importClasses, jsonForm, readArtifact, type ReadOptions } from './artifact.js';
export { type Conflict, conflicts, findCacheEntry, writeCacheEntry } from './cache.js';
export { blobKey, getBlob, putBlob, reuseBlob } from './content.js';
export { FolderStore } from './file.js';
export { deriveLineage, graphOf, type LineageQuery, type RunTrace } from './lineage.js';
export { openStore, projectOf } from './location.js';
export { artifactOf, stepOf, UnknownNameError } from './named.js';
export { readLog, type LogEntry, type LogStream } from './log.js';
export {
  eachRun,
  findRunId,
  listRuns,
  readAttempts,
  readPipeline,
  readRun,
  type ListOptions,
} from './records.js';
export { fits } from './run-filter.js';
export { CorruptBlobError, StoreError, type Store } from './store.js';
export { findDigest, readLineage } from './trace.js';
