export default async ($x) => {
const $named = (value, from, to) => { if (typeof value === 'function' && value.name === from) Object.defineProperty(value, 'name', { value: to, configurable: true }); };
const scale$1 = 2;
const times = (x: number) => x * scale$1;
const scale = "big";
const shout = (x: number) => `${scale} ${times(x)} ${JSON.stringify({ x })}`;
let xs = $x.input("c1#xs");
$x.guard("xs", () => xs);
let total = $x.input("c1#total");
$x.guard("total", () => total);
const words = xs.map(shout);
total += words.length;;
await $x.finish({ "c3#words": () => words, "c1#total": () => total });
};
