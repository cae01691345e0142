export default async ($x) => {
let best = $x.input("c3#best");
$x.guard("best", () => best);
let verdict = "none";
if ($x.isOpen) $x.choose(0, (best.score > 0.9));;
if ($x.isOpen) $x.choose(1, (best.score > 0.5)); if ($x.isOpen) $x.choose(2, true);
await $x.finish({ "c5#verdict": () => verdict });
};
