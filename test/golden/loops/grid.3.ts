export default async ($x) => {
const half = (x: number) => x / 2;
{ await $x.each((x) => half(x)); };
await $x.finish({  });
};
