export default async ($x) => {
let rows = $x.input("c0#rows");
$x.guard("rows", () => rows);
rows.sort((a, b) => a.price - b.price);;
const cheap = rows.filter((row) => row.price < limit);
await $x.finish({ "c2#cheap": () => cheap });
};
