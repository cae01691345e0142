export default async ($x) => {
await $x.each((row) => row * 2);
await $x.finish({  });
};
