export default async ($x) => {
const $i0 = await $x.import("node:fs");
const writeFileSync = $i0["writeFileSync"];
writeFileSync("out.json", "[]");;
await $x.finish({  });
};
