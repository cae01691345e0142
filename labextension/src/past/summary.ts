/** A run's summary as an output: for the extension, for any other reader of notebooks, and as text. Pure. */
import type { IMimeBundle } from '@jupyterlab/nbformat';
import type { JSONObject } from '@lumino/coreutils';
import {
  durationText,
  type Pipeline,
  type Run,
  type RunState,
  type StepRun,
  type StepState,
} from '@tagflow/schema';
import { graphOf } from '../graph/graph.js';
import { curve, layoutGraph } from '../graph/layout.js';
import { stepLine } from '../run/stepwords.js';
import { SUMMARY_TYPE } from '../tokens.js';

/** Colours that can be read on white and on black. */
const COLOURS: Record<StepState | RunState, string> = {
  pending: '#888888',
  running: '#1a6fc0',
  succeeded: '#2e8540',
  failed: '#c9302c',
  stopped: '#b26a00',
  skipped: '#888888',
  omitted: '#888888',
  lost: '#b26a00',
};

/** @param now milliseconds since 1970, for a run that has not ended */
export function summaryOf(run: Run, document: Pipeline, now: number): IMimeBundle {
  return {
    [SUMMARY_TYPE]: { run, document } as unknown as JSONObject,
    'text/html': html(run, document, now),
    'text/plain': text(run, now),
  };
}

function title({ pipeline, state, created, ended }: Run): string {
  const length = ended === undefined ? '' : ` in ${durationText(Date.parse(ended) - Date.parse(created))}`;
  return `Run of ${pipeline}: ${state}${length}, ${created.slice(0, 16).replace('T', ' ')} UTC`;
}

function parametersText({ parameters }: Run): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(', ');
}

function text(run: Run, now: number): string {
  const rows = run.steps.map((step) => `  ${step.name}: ${stepLine(step, now)}`);
  return [title(run), run.id, parametersText(run), ...rows].filter(Boolean).join('\n');
}

function html(run: Run, document: Pipeline, now: number): string {
  const rows = run.steps.map(
    (step) =>
      `<tr><th style="text-align:left">${escape(step.name)}</th><td style="text-align:left;color:${COLOURS[step.state]}">${escape(stepLine(step, now))}</td></tr>`,
  );
  const parameters = parametersText(run);
  return [
    '<figure style="margin:0">',
    `<figcaption><b style="color:${COLOURS[run.state]}">${escape(title(run))}</b><br><code>${escape(run.id)}</code>`,
    ...(parameters === '' ? [] : [`<br>${escape(parameters)}`]),
    '</figcaption>',
    drawing(run, document),
    `<table>${rows.join('')}</table>`,
    '</figure>',
  ].join('');
}

function drawing({ steps }: Run, document: Pipeline): string {
  if (document.steps.length === 0) return '';
  const states = new Map(steps.map((step: StepRun) => [step.name, step.state]));
  const graph = graphOf(document);
  const layout = layoutGraph(graph);
  const { width, height } = layout.size;
  const arrows = graph.edges.map(({ id, names, more }) => {
    const { points, label } = layout.edges.get(id)!;
    const words = more > 0 ? [...names, `${more} more`] : names;
    const lines = words.map(
      (name, line) =>
        `<tspan x="${round(label.x)}" y="${round(label.y + (line - (words.length - 1) / 2) * 15 + 4)}">${escape(name)}</tspan>`,
    );
    return `<path d="${curve(points)}" fill="none" stroke="#888888"/><text font-size="11" text-anchor="middle" fill="currentColor">${lines.join('')}</text>`;
  });
  const boxes = graph.nodes.map(({ id, width: wide, height: tall }) => {
    const { x, y } = layout.nodes.get(id)!;
    const colour = COLOURS[states.get(id) ?? 'pending'];
    const middle = `x="${round(x + wide / 2)}" y="${round(y + tall / 2 + 5)}"`;
    return `<rect x="${round(x)}" y="${round(y)}" width="${wide}" height="${tall}" rx="5" fill="none" stroke="${colour}" stroke-width="2"/><text ${middle} font-size="13" text-anchor="middle" fill="currentColor">${escape(id)}</text>`;
  });
  const box = `viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} style="max-width:100%;height:auto;font-family:sans-serif" role="img" aria-label="The steps and what flows between them">${arrows.join('')}${boxes.join('')}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names and values come from notebooks: nothing of them is markup. */
function escape(value: string): string {
  return value.replace(/[&<>"']/g, (each) => ESCAPES[each]!);
}
