/** What a cluster, or the way to it, refuses: a sentence with what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** It does not answer: it may in a while. */
export class UnreachableClusterError extends ClusterError {}
