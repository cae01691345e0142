// `npm start`. An old Node cannot even read what follows, so it is turned away first.
import { nodeProblem } from './node.mjs';

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 1;
} else {
  import('./lab.mjs');
}
