export default async ($x) => {
let features = $x.input("c1#features");
$x.guard("features", () => features);
const $i0 = await $x.import("lodash");
const _ = $i0["default"];
const started = process.env.STARTED ?? "never";
class Model {
  constructor(public weights: Record<string, number>) {}
  predict(row: Row): number {
    return _.sum(features.map((name) => (this.weights[name] ?? 0) * row[name as "a" | "b"]));
  }
};
$x.class("Model", "eb64412d527b54e110b302d00e54fc748fc21db14234d1d8dda10de810386c4c", Model);
$x.guard("started", () => started);
$x.guard("Model", () => Model);
let test = $x.input("c4#test");
$x.guard("test", () => test);
let model = $x.input("c6#model");
$x.guard("model", () => model);
const accuracy = _.meanBy(test, (row) => Number(Math.round(model.predict(row)) === row.label));
console.log(`accuracy ${accuracy}`);;
await $x.finish({ "c9#accuracy": () => accuracy });
};
