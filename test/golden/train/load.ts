export default async ($x) => {
const $i0 = await $x.import("lodash");
const _ = $i0["default"];
const started = process.env.STARTED ?? "never";
$x.guard("started", () => started);
const rows: Row[] = _.range(20).map((id) => ({ id, a: id % 3, b: id % 5, label: id % 2 ? 1 : 0 }));
const [test, training] = _.partition(rows, (row) => row.id % 4 === 0);
await $x.finish({ "c4#rows": () => rows, "c4#test": () => test, "c4#training": () => training });
};
