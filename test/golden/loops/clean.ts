export default async ($x) => {
console.log("nothing to clean");;
await $x.finish({  });
};
