// What a step's process does with its values: encoded, written under their digests, read and decoded. Prints seconds.
import { createHash } from 'node:crypto';
import { ClassRegistry, decode, encodeChunks } from '../../kernel/lib/store/codec.js';
import { getEncoding, putBlob } from '../../kernel/lib/store/content.js';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { IdentityTable } from '../../kernel/lib/run/step/identity.js';

const array = Float64Array.from({ length: 12_500_000 }, Math.random);
class User {
  constructor(id, name, score, tags) {
    this.id = id;
    this.name = name;
    this.score = score;
    this.tags = tags;
  }
}
const many = (make) => Array.from({ length: 100_000 }, (_, i) => make(i, `user-${i}`, i * 0.5, ['a', 'b']));
const objects = many((...parts) => new User(...parts));
const records = many((id, name, score, tags) => ({ id, name, score, tags }));

const seconds = {};
for (const [name, value] of Object.entries({ array, objects, records })) {
  const store = new FolderStore('store');
  const classes = new ClassRegistry();
  classes.declare('User', createHash('sha256').update('User').digest('hex'), User);
  const save = (step) => {
    const { onObjects } = new IdentityTable().encoding(`${step}/0 ${name}`);
    return putBlob(store, encodeChunks(value, { name, classes, onObjects }));
  };
  let digest;
  const actions = {
    save: async () => ({ digest } = await save('one')),
    load: async () =>
      decode(await getEncoding(store, digest), {
        ...new IdentityTable().decoding(`one/0 ${name}`),
        classes,
      }),
    again: () => save('two'),
  };
  seconds[name] = {};
  for (const [action, act] of Object.entries(actions)) {
    const started = performance.now();
    await act();
    seconds[name][action] = (performance.now() - started) / 1000;
  }
}
console.log(JSON.stringify(seconds));
