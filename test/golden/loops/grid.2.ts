export default async ($x) => {
const grid = $x.results();
await $x.finish({ "c4#grid": () => grid });
};
