export default async ($x) => {
const scores = $x.results();
const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
await $x.finish({ "c3#scores": () => scores, "c3#best": () => best });
};
