export default async ($x) => {
let most = $x.input("c3#most");
$x.guard("most", () => most);
await $x.each((sum, i) => ({ i, score: sum / most }));
await $x.finish({  });
};
