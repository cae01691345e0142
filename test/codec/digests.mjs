// Prints the digests of the corpus and one of many random values, as this Node makes them.
import { createHash } from 'node:crypto';
import { encode } from '../../kernel/lib/store/codec.js';
import { classes, corpus } from './corpus.mjs';
import { randomValue } from './random.mjs';

const RANDOM_VALUES = 1000;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export function digests() {
  const named = corpus.map(([name, make]) => [name, sha256(encode(make(), { classes }))]);
  const random = createHash('sha256');
  for (let seed = 0; seed < RANDOM_VALUES; seed++) random.update(encode(randomValue(seed), { classes }));
  return { ...Object.fromEntries(named), [`${RANDOM_VALUES} random values`]: random.digest('hex') };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(digests()));
