// The longest first, so that none of them runs alone at the end.
import { basename } from 'node:path';
import Sequencer from '@jest/test-sequencer';

const LONGEST = [
  'matrix.test.ts',
  'random-notebooks.test.ts',
  'kill.test.ts',
  'random-edits.test.ts',
  'kernel-frontends.test.ts',
  'pipeline.test.ts',
  'tour-changes.test.ts',
  'command.test.ts',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.indexOf(basename(path));
      return place < 0 ? LONGEST.length : place;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
}
