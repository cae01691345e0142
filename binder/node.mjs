// Which Node will do. Written so that Node 12 can read it: that is what some systems still call `nodejs`.
const OLDEST = [20, 19];

/** A sentence for who has a Node (a version such as `18.19.1`) that is too old; null for one that will do. */
export function nodeProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null;
  return `Tagflow needs Node ${OLDEST.join('.')} or newer and this is ${version}: install one from https://nodejs.org.`;
}
