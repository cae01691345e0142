/** A lineage as a tree with arrows. */
import {
  commitText,
  instantText,
  type Lineage,
  type LineageEdge,
  type LineageNode,
  type LineageRun,
  oneLine,
  shownType,
} from '@tagflow/schema';
import colors from 'picocolors';
import { table } from './text.js';

const TYPE_LENGTH = 60;
const VALUE_LENGTH = 80;
/** Of the values that one segment of a step made, so many are shown beside each other: a foreach may make thousands. */
const ITEMS = 8;

/** Each value stands there once with all that belongs to it; where it comes again, it is only named. */
export function lineageText(lineage: Lineage, shown: { up: boolean; down: boolean }): string {
  const tree = new Tree(lineage);
  const of = lineage.nodes.find(({ id }) => id === lineage.of)!;
  return [
    `${tree.label(of)}\n`,
    ...(shown.up
      ? section('made from', tree.lines(of, 'from'), 'nothing: no step before it, no parameter')
      : []),
    ...(shown.down ? section('became', tree.lines(of, 'to'), 'nothing yet') : []),
    `\n${lineage.runs.map((run) => runText(run, lineage.nodes)).join('')}`,
  ].join('');
}

function section(title: string, lines: readonly string[], none: string): string[] {
  return [
    `\n${colors.dim(title)}\n`,
    ...(lines.length > 0 ? lines : [colors.dim(none)]).map((line) => `${line}\n`),
  ];
}

class Tree {
  private readonly nodes: Map<string, LineageNode>;
  private readonly cut: Set<string>;

  constructor(private readonly lineage: Lineage) {
    this.nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
    this.cut = new Set(lineage.cut);
  }

  lines(of: LineageNode, far: 'from' | 'to'): string[] {
    const near = far === 'from' ? 'to' : 'from';
    const edges = new Map<string, LineageEdge[]>();
    for (const edge of this.lineage.edges) edges.set(edge[near], [...(edges.get(edge[near]) ?? []), edge]);
    return this.branches(of, edges, far, new Set([of.id]), '');
  }

  private branches(
    node: LineageNode,
    edges: ReadonlyMap<string, LineageEdge[]>,
    far: 'from' | 'to',
    met: Set<string>,
    indent: string,
  ): string[] {
    const { here, left } = this.someOf(edges.get(node.id) ?? [], far);
    const rows = here.flatMap((edge, i) => {
      const next = this.nodes.get(edge[far]);
      if (!next) return [];
      const last = i === here.length - 1 && left === 0 && !this.cut.has(node.id);
      const arrow = `${indent}${last ? '└' : '├'}${far === 'from' ? '←' : '→'} `;
      const how = edge.kind === 'read' ? colors.dim(' (read from an earlier run)') : '';
      if (met.has(next.id) && edges.has(next.id))
        return [`${colors.dim(arrow)}${nameOf(next)}${how}${colors.dim(` … as above`)}`];
      met.add(next.id);
      const below = this.branches(next, edges, far, met, `${indent}${last ? ' ' : '│'}  `);
      return [`${colors.dim(arrow)}${this.label(next, node.run)}${how}`, ...below];
    });
    const more = left > 0 ? `${left} more` : this.cut.has(node.id) ? 'more' : '';
    return more === '' ? rows : [...rows, colors.dim(`${indent}└ … and ${more}`)];
  }

  private someOf(edges: readonly LineageEdge[], far: 'from' | 'to'): { here: LineageEdge[]; left: number } {
    const counts = new Map<string, number>();
    const here = edges.filter((edge) => {
      const { run, step, segment } = this.nodes.get(edge[far]) ?? {};
      const place = `${run} ${step} ${segment}`;
      counts.set(place, (counts.get(place) ?? 0) + 1);
      return step === undefined || counts.get(place)! <= ITEMS;
    });
    return { here, left: edges.length - here.length };
  }

  /** Name, type or value, step, run if it is another one, time, and the beginning of the digest. */
  label(node: LineageNode, run?: string): string {
    const where = run === node.run ? [] : [`run ${node.run}`];
    const digest = node.digest === undefined ? [] : [node.digest.slice(0, 12)];
    const facts = (first = '', time: string[] = []): string =>
      colors.dim([first, ...where, ...time, ...digest].join(', '));
    const name = colors.bold(node.name);
    if (node.step === undefined) {
      if (!('value' in node)) return `${name}  ${facts('of unknown origin')}`;
      return `${name} = ${oneLine(JSON.stringify(node.value), VALUE_LENGTH)}  ${facts('parameter')}`;
    }
    if (node.made === undefined) return `${name}  ${facts(`step ${node.step}, whose record is gone`)}`;
    const item = node.index === undefined ? '' : ` item ${node.index}`;
    const time = [instantText(node.made)];
    if (node.digest === undefined)
      return `${nameOf(node, name)}${item}  ${node.items === undefined ? facts('kept nothing', time) : facts(...time)}`;
    return `${name}: ${oneLine(shownType(node.type ?? 'unknown'), TYPE_LENGTH)}  ${facts(`step ${node.step}${item}`, time)}`;
  }
}

/** What has no digest has no name but that of its step. */
function nameOf({ digest, step, name, items }: LineageNode, shown = name): string {
  if (digest !== undefined || step === undefined) return shown;
  return `step ${shown}${items === undefined ? '' : `, ${items} item${items === 1 ? '' : 's'}`}`;
}

/** A run on the way: when, with which code and parameters. */
function runText(run: LineageRun, nodes: readonly LineageNode[]): string {
  const commit = commitText(run.git);
  const parameters = Object.entries(run.parameters).map(
    ([name, value]) => `${name}=${oneLine(JSON.stringify(value), VALUE_LENGTH)}`,
  );
  const programs = new Map(
    nodes
      .filter((node) => node.run === run.id && node.program !== undefined)
      .map((node) => [`${node.step} ${node.segment}`, `${node.step} ${node.program!.slice(0, 8)}`]),
  );
  const facts = [
    [commit && 'code', commit],
    ['programs', [...new Set(programs.values())].join(', ')],
    ['parameters', parameters.join(' ')],
  ].filter(([, text]) => text);
  const head = `run ${colors.bold(run.id)} of ${run.pipeline}, ${instantText(run.created)}\n`;
  return head + table(facts.map(([name = '', text = '']) => [`  ${name}`, text]));
}
