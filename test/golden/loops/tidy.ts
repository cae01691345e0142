export default async ($x) => {
console.log("done");;
await $x.finish({  });
};
