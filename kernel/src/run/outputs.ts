/** Keeps a step's values: encoded, under their digests, with type and preview. */
import type { Artifact, NotKept, Output } from '@tagflow/schema';
import { type ClassRegistry, EncodeError, encodeChunks } from '../store/codec.js';
import { putBlob } from '../store/content.js';
import { previewOf } from '../store/preview.js';
import type { Store } from '../store/store.js';
import { StepFailure } from './failure.js';
import { type IdentityTable, sourceOf } from './identity.js';
import type { StepRequest } from './step-request.js';

/** What the process knows of classes and objects. */
export interface Known {
  classes: ClassRegistry;
  identity: IdentityTable;
}

export type Values = Record<string, () => unknown>;
export type Kept = { outputs: Artifact[]; notKept: NotKept[] };

/**
 * @param values a getter for each variable that the step produces
 * @throws StepFailure if a value that another step consumes cannot be kept
 */
export async function keepOutputs(
  store: Store,
  request: StepRequest,
  { classes, identity }: Known,
  values: Values,
): Promise<Kept> {
  const outputs: Artifact[] = [];
  const notKept: NotKept[] = [];
  for (const output of request.outputs) {
    const get = values[output.variable];
    const reason = get ? unwanted(output, request) : 'The step gives it no value.';
    if (!get || reason) {
      notKept.push({ name: output.name, reason: reason ?? '' });
      continue;
    }
    const kept = await keep(store, request, { classes, identity }, output, get);
    if ('digest' in kept) outputs.push(kept);
    else if (output.consumed) throw new StepFailure('NotSerializable', kept.reason, output.cell);
    else notKept.push(kept);
  }
  return { outputs, notKept };
}

function unwanted(output: Output, { keep }: StepRequest): string | undefined {
  if (output.consumed) return undefined;
  if (keep === 'consumed') return 'No step consumes it, and the setting keep is "consumed".';
  return output.name.startsWith('_') ? 'No step consumes it, and its name begins with _.' : undefined;
}

async function keep(
  store: Store,
  { id, keepLimit, secrets }: StepRequest,
  { classes, identity }: Known,
  output: Output,
  get: () => unknown,
): Promise<Artifact | NotKept> {
  const { name, variable, type, schema, consumed } = output;
  let value: unknown;
  let chunks: Uint8Array[];
  const { onObject, links } = identity.encoding(sourceOf(id.step, variable));
  try {
    value = get();
    chunks = encodeChunks(value, { name, classes, onObject });
  } catch (error) {
    if (error instanceof EncodeError) return { name, reason: error.message };
    if (error instanceof ReferenceError) return { name, reason: 'It was given no value.' };
    throw error;
  }
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (!consumed && size > keepLimit) {
    return {
      name,
      reason: `No step consumes it, and its ${size} bytes are more than keepLimit (${keepLimit}).`,
    };
  }
  if (
    secrets.some((secret) =>
      chunks.some((chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes(secret)),
    )
  ) {
    return { name, reason: `${name} contains the value of a secret, which is never kept.` };
  }
  const { digest } = await putBlob(store, chunks);
  const shared = links();
  const beside = shared && (await putBlob(store, encodeChunks(shared)));
  return {
    name,
    variable,
    digest,
    size,
    ...(beside ? { identity: beside.digest } : {}),
    type,
    ...(schema ? { schema } : {}),
    preview: previewOf(value),
  };
}
