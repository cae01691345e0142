/** What a cluster would refuse, told before it is asked. Pure. */
import type { KubernetesDocument } from './argo-documents.js';

/** A pipeline is more than a cluster takes. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Of one object, in bytes: what etcd takes, with room for what Argo adds. */
const LARGEST = 1_000_000;
/** Argo puts in what stands between these. */
const EXPRESSION = /\{\{/;
/** What we have put there ourselves. */
const OURS =
  /\{\{(workflow\.(parameters\.(run|done-[a-z0-9-]+)|uid|namespace|name|status|failures|creationTimestamp\.RFC3339)|tasks\.segment-\d+\.outputs\.parameters\.(chunks|branch)|inputs\.parameters\.chunk|item)\}\}/g;

/** @throws ExportError if one of the documents is too large, or a setting would be read as an expression */
export function checkArgo(documents: readonly KubernetesDocument[]): void {
  for (const document of documents) {
    const text = JSON.stringify(document);
    const what = `The ${document.kind} ${document.metadata.name}`;
    if (text.length > LARGEST)
      throw new ExportError(
        `${what} has ${Math.ceil(text.length / 1000)} kB, and a cluster takes ${LARGEST / 1000}. Split the notebook in two pipelines.`,
      );
    if (EXPRESSION.test(text.replace(OURS, '')))
      throw new ExportError(
        `A setting of a step holds \`{{\`, which the cluster would take for an expression. Write it otherwise.`,
      );
  }
}
