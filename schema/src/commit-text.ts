import type { Run } from './generated/types.js';

/** The commit that a run began at: `commit 5f0c2e91ab and changes`; empty where git was not there to tell. */
export function commitText(git: Run['git']): string {
  return git ? `commit ${git.commit.slice(0, 10)}${git.dirty ? ' and changes' : ''}` : '';
}
