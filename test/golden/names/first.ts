export default async ($x) => {
const scale = 2;
const times = (x: number) => x * scale;
const xs = [1, 2, 3];
let total = xs.map(times).reduce((a, b) => a + b, 0);
await $x.finish({ "c1#xs": () => xs, "c1#total": () => total });
};
