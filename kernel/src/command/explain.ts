/** `tagflow explain`: why a step of a run ran, or did not. */
import { type Explanation, explainStep } from '../run/explain.js';
import { print, writeJson } from './text.js';
import { pastRun } from '../cluster/past-run.js';
import { stepOf } from '../store/named.js';

export async function explain(
  reference: string,
  step: string,
  { directory, json }: { directory: string; json?: boolean },
): Promise<void> {
  const { store, run } = await pastRun(directory, reference);
  stepOf(run, step);
  const explanations = await explainStep(store, run, step);
  if (json) return writeJson(explanations);
  if (explanations.length === 0) print(`The run did not come to step ${step}.\n`);
  const several = explanations.length > 1;
  for (const each of explanations) {
    print(`${several ? `${step}, ${PARTS[each.kind]}` : step}: ${sentence(each)}\n`);
    for (const reason of each.reasons) print(`  ${reason}\n`);
  }
}

const PARTS: Record<Explanation['kind'], string> = {
  plain: 'all of it',
  split: 'up to the loop',
  body: "the loop's body",
  nested: 'the body of a loop in it',
  join: 'after the loop',
  condition: 'the condition',
  branch: 'the branch',
};

function sentence({ cached, cachedToo, items, reasons }: Explanation): string {
  if (cached !== undefined)
    return cachedToo
      ? `nothing ran: results of the runs ${[cached, ...cachedToo].join(', ')} stand.`
      : `nothing ran: the results of run ${cached} stand.`;
  const known = items && items.cached > 0 ? ` ${items.cached} of ${items.total} items stood already.` : '';
  return `it ran.${known}${reasons.length > 0 ? ' Why:' : ''}`;
}
