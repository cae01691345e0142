export default async ($x) => {
let shards = $x.input("c1#shards");
$x.guard("shards", () => shards);
$x.items(shards);
await $x.finish({  });
};
