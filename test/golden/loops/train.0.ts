export default async ($x) => {
let shards = $x.input("c1#shards");
$x.guard("shards", () => shards);
$x.items(shards);
$x.options({ concurrency: 2 });
await $x.finish({  });
};
