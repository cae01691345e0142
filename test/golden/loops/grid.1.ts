export default async ($x) => {
const half = (x: number) => x / 2;
await $x.each(async (shard) => {
  const cells = await $x.spread(3, {  }, shard, (x) => half(x));
  return cells;
});
await $x.finish({  });
};
