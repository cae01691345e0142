export default async ($x) => {
const rows = [{ price: 3 }, { price: 1 }].map((row) => row);
const scorer = { score: (() => { const k = rows.length; return (n: number) => n * k; })() };
await $x.finish({ "c0#rows": () => rows, "c0#scorer": () => scorer });
};
