export default async ($x) => {
await $x.each((shard) => shard.reduce((a, b) => a + b, 0));
await $x.finish({  });
};
