/** What Kubernetes takes as names and labels. It refuses others only when a pod is made, in the middle of a run. */

const PART = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = new RegExp(`^(?=.{1,253}$)${PART}(\\.${PART})*$`);
const NAME = /^(?=.{1,63}$)[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Of most objects: `my-claim`, `my.claim`. */
export function isObjectName(text: string): boolean {
  return SUBDOMAIN.test(text);
}

/** Of a namespace. */
export function isLabelName(text: string): boolean {
  return isObjectName(text) && text.length <= 63 && !text.includes('.');
}

export function isLabelValue(text: string): boolean {
  return text === '' || NAME.test(text);
}

/** Of a label or taint: `disk`, `example.com/disk`. */
export function isLabelKey(text: string): boolean {
  const [name = '', prefix, ...others] = text.split('/').reverse();
  return others.length === 0 && NAME.test(name) && (prefix === undefined || isObjectName(prefix));
}

/** Argo would put something else in its place. */
export function holdsExpression(text: string): boolean {
  return text.includes('{{');
}
