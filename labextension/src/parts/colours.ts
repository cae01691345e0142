/** A colour for each step: the same in the drawing and at the cells, and steady while steps come and go. */

/** How many hues style/hues.css defines, as `--tf-hue-0` and so on. */
export const HUES = 10;

/** The hue's number by step. It follows from the name; steps share one only when there are more steps than hues. */
export function huesOf(steps: readonly string[]): Map<string, number> {
  const hues = new Map<string, number>();
  const taken = new Set<number>();
  for (const step of steps) {
    if (taken.size === HUES) taken.clear();
    let hue = hash(step) % HUES;
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    taken.add(hue);
    hues.set(step, hue);
  }
  return hues;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
