export default async ($x) => {
let rows = $x.input("c1#rows");
$x.guard("rows", () => rows);
$x.items(rows);
await $x.finish({  });
};
