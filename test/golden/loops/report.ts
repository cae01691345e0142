export default async ($x) => {
let grid = $x.input("c4#grid");
$x.guard("grid", () => grid);
let verdict = $x.input("c5#verdict");
$x.guard("verdict", () => verdict);
const report = { verdict, rows: grid.length };
await $x.finish({ "c7#report": () => report });
};
