export default async ($x) => {
let learningRate = $x.input("c1#learningRate");
$x.guard("learningRate", () => learningRate);
let epochs = $x.input("c1#epochs");
$x.guard("epochs", () => epochs);
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
function train(rows: Row[], rate: number): Model {
  const model = new Model({ a: 0, b: 0 });
  for (let i = 0; i < epochs; i++) {
    for (const row of rows) {
      const error = row.label - model.predict(row);
      for (const name of features) model.weights[name]! += rate * error * row[name as "a" | "b"];
    }
  }
  return model;
};
$x.guard("started", () => started);
$x.guard("Model", () => Model);
let training = $x.input("c4#training");
$x.guard("training", () => training);
let model = $x.input("c6#model");
$x.guard("model", () => model);
{
  model = train(training, learningRate / 10);
};
await $x.finish({ "c6#model": () => model });
};
