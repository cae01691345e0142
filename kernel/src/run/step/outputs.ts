/** Keeps a step's values: encoded, under their digests, with type and preview. */
import type { Artifact, Crossing, NotKept, Output } from '@tagflow/schema';
import { labelsOf } from '../../language/labels.js';
import { type ClassRegistry, EncodeError, classesOf, encodeChunks } from '../../store/codec.js';
import { putBlob } from '../../store/content.js';
import { previewOf } from '../../store/preview.js';
import type { Store } from '../../store/store.js';
import { StepFailure } from '../failure.js';
import type { IdentityTable } from './identity.js';
import type { Links } from '../links.js';
import { type Source, sourceOf } from '../source.js';
import { holdsSecret } from '../secrets.js';
import type { StepRequest } from '../step-request.js';

/** What the process knows of classes and objects, and what was asked of it. */
export interface Keeping {
  store: Store;
  request: StepRequest;
  classes: ClassRegistry;
  identity: IdentityTable;
}

export type Values = Record<string, () => unknown>;

/**
 * @param values a getter for each variable of which the program makes a version
 * @throws StepFailure if a value that another program consumes cannot be kept
 */
export async function keepOutputs(
  keeping: Keeping,
  values: Values,
): Promise<{ outputs: Artifact[]; notKept: NotKept[] }> {
  const { request } = keeping;
  const labels = labelsOf(request.outputs.map(({ variable }) => variable));
  const outputs: Artifact[] = [];
  const notKept: NotKept[] = [];
  for (const output of request.outputs) {
    const get = values[output.variable];
    if (!get) continue;
    const reason = unwanted(output, request);
    if (reason) {
      notKept.push({ name: output.name, reason });
      continue;
    }
    const kept = await keepOutput(keeping, output, sourceOf(request.id, labels.get(output.variable)!), get);
    if ('digest' in kept) outputs.push(kept);
    else if (output.consumed) throw new StepFailure('NotSerializable', kept.reason, output.cell);
    else notKept.push(kept);
  }
  return { outputs, notKept };
}

/**
 * Keeps an item of a `foreach`, or what its body returned.
 * @throws StepFailure if it cannot be kept
 */
export async function keepCrossing(
  keeping: Keeping,
  value: unknown,
  name: string,
  source: Source,
): Promise<Crossing> {
  try {
    const { chunks, links } = encoded(keeping, value, name, source);
    refuseSecrets(name, chunks, keeping.request.secrets);
    return await put(keeping.store, chunks, links());
  } catch (error) {
    if (error instanceof EncodeError) throw new StepFailure('NotSerializable', error.message);
    throw error;
  }
}

function unwanted(output: Output, { keep }: StepRequest): string | undefined {
  if (output.consumed) return undefined;
  if (keep === 'consumed') return 'No step consumes it, and the setting keep is "consumed".';
  return output.name.startsWith('_') ? 'No step consumes it, and its name begins with _.' : undefined;
}

async function keepOutput(
  keeping: Keeping,
  output: Output,
  source: Source,
  get: () => unknown,
): Promise<Artifact | NotKept> {
  const { keepLimit, secrets } = keeping.request;
  const { name, variable, type, schema, consumed } = output;
  try {
    const value = get();
    const { chunks, links } = encoded(keeping, value, name, source);
    const size = sizeOf(chunks);
    if (!consumed && size > keepLimit) {
      return {
        name,
        reason: `No step consumes it, and its ${size} bytes are more than keepLimit (${keepLimit}).`,
        size,
      };
    }
    refuseSecrets(name, chunks, secrets);
    const crossing = await put(keeping.store, chunks, links());
    return { name, variable, ...crossing, type, ...(schema ? { schema } : {}), preview: previewOf(value) };
  } catch (error) {
    if (error instanceof EncodeError) return { name, reason: error.message };
    if (error instanceof ReferenceError) return { name, reason: 'It was given no value.' };
    throw error;
  }
}

function encoded({ classes, identity }: Keeping, value: unknown, name: string, source: Source) {
  const { onObjects, links } = identity.encoding(source);
  return { chunks: encodeChunks(value, { name, classes, onObjects }), links };
}

async function put(store: Store, chunks: Uint8Array[], links: Links | undefined): Promise<Crossing> {
  const { digest, size } = await putBlob(store, chunks);
  const beside = links && (await putBlob(store, encodeChunks(links)));
  const packages = packagesIn(chunks);
  return {
    digest,
    size,
    ...(beside ? { identity: beside.digest } : {}),
    ...(packages.length > 0 ? { packages } : {}),
  };
}

/** Whose code comes along with the value: the header of an encoding, its first piece, names the classes. */
function packagesIn([header]: readonly Uint8Array[]): string[] {
  const specifiers = classesOf(header!).map((origin) => origin.package);
  return [...new Set(specifiers)].filter((specifier) => specifier !== '').sort();
}

function refuseSecrets(name: string, chunks: readonly Uint8Array[], secrets: readonly string[]): void {
  if (secrets.length > 0 && holdsSecret(chunks, secrets)) {
    throw new EncodeError(name, 'contains the value of a secret, which is never kept.');
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
