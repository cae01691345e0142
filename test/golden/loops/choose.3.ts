export default async ($x) => {
let verdict = $x.input("c5#verdict");
$x.guard("verdict", () => verdict);
verdict = "poor";;
await $x.finish({ "c5#verdict": () => verdict });
};
