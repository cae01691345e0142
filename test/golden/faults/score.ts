export default async ($x) => {
let scorer = $x.input("c0#scorer");
$x.guard("scorer", () => scorer);
let cheap = $x.input("c2#cheap");
$x.guard("cheap", () => cheap);
const scores = cheap.map((row) => scorer.score(row.price));
const text: number = scores.join();
await $x.finish({ "c3#scores": () => scores, "c3#text": () => text });
};
