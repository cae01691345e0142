/** Writes blobs, and records that name them, until it is killed or has written a hundred megabytes: `node writer.mjs STORE SEED`. */
import { randomUUID } from 'node:crypto';
import { encode } from '../../kernel/lib/store/codec.js';
import { putBlob } from '../../kernel/lib/store/content.js';
import { FolderStore } from '../../kernel/lib/store/file.js';
import {
  writeAttemptEnd,
  writeAttemptStart,
  writeRunEnd,
  writeRunStart,
} from '../../kernel/lib/store/journal.js';
import { newRunId } from '../../kernel/lib/store/run-id.js';
import { writeCacheEntry } from '../../kernel/lib/store/cache.js';

const [location, seed] = process.argv.slice(2);
const store = new FolderStore(location);
const now = () => new Date().toISOString();
const artifact = async (name, value) => {
  const { digest, size } = await putBlob(store, encode(value));
  return { name, variable: `c#${name}`, digest, size, type: 'unknown', preview: { text: '' } };
};

for (let n = 0; n < 250; n++) {
  const id = newRunId(new Date());
  const document = await putBlob(store, Buffer.from('{"steps": []}'));
  const start = {
    format: 1,
    id,
    pipeline: 'killed',
    document: document.digest,
    created: now(),
    parameters: {},
    tags: [`seed${seed}`],
    trigger: 'command',
    user: 'u',
    versions: { tagflow: '0', node: process.version, codec: 1 },
  };
  await writeRunStart(store, start, '{"cells": []}');
  for (const step of ['a', 'b']) {
    const attempt = { run: id, step, segment: 0, attempt: 1 };
    const program = await putBlob(store, Buffer.from(`${step} ${n % 3}`));
    const input = await artifact('x', n % 5);
    const key = input.digest;
    const inputs = { 'c#x': input.digest };
    await writeAttemptStart(store, {
      format: 1,
      ...attempt,
      created: now(),
      program: program.digest,
      inputs,
      host: 'h',
      key,
    });
    // Small and equal to earlier ones, large, and of many chunks.
    const outputs = [
      await artifact('same', [n % 4]),
      await artifact('large', { text: randomUUID().repeat(1000 * (n % 7)) }),
      await artifact('array', new Float64Array(10_000 * (n % 3)).fill(n)),
    ];
    await writeAttemptEnd(store, attempt, {
      format: 1,
      state: 'succeeded',
      ended: now(),
      outputs,
      notKept: [],
    });
    await writeCacheEntry(store, { format: 1, key, run: id, step, segment: 0, created: now(), outputs });
  }
  await writeRunEnd(store, { format: 1, id, state: 'succeeded', ended: now(), start, steps: [] });
}
