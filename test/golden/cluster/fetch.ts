export default async ($x) => {
const rows = Array.from({ length: 10 }, (_, i) => i);
await $x.finish({ "c1#rows": () => rows });
};
