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
let error = $x.input("c7#error");
$x.guard("error", () => error);
if ($x.isOpen) $x.choose(0, (error > 0.3));;
await $x.finish({  });
};
