export default async ($x) => {
const models = $x.results();
const model = models.at(-1);
await $x.finish({ "c2#models": () => models, "c2#model": () => model });
};
