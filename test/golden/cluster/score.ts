export default async ($x) => {
let model = $x.input("c2#model");
$x.guard("model", () => model);
const score = (model ?? 0) / 2;
await $x.finish({ "c3#score": () => score });
};
