export default async ($x) => {
const $named = (value, from, to) => { if (typeof value === 'function' && value.name === from) Object.defineProperty(value, 'name', { value: to, configurable: true }); };
const scale$1 = 2;
const times = (x: number) => x * scale$1;
const scale = "big";
const shout = (x: number) => `${scale} ${times(x)} ${JSON.stringify({ x })}`;
const JSON$1 = { parse: () => total };
$x.guard("JSON", () => JSON$1);
let total = $x.input("c1#total");
$x.guard("total", () => total);
const last = [total, JSON$1.parse(), shout(1)] as const;
const { 0: head, ...tail } = { ...last };
await $x.finish({ "c5#last": () => last, "c5#head": () => head, "c5#tail": () => tail });
};
