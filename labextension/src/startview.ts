/** What the page of runs begins with: what the browser's address said when JupyterLab was opened, once. */
import { EVERYTHING, viewOf, type RunsView } from './runfilter.js';

/** Kept at once, since JupyterLab writes addresses of its own while it starts. */
let asked = viewOf(window.location.hash);

/** Whether the address asks for the page of runs. */
export function isAsked(): boolean {
  return asked !== undefined;
}

export function startView(): RunsView {
  const view = asked ?? EVERYTHING;
  asked = undefined;
  return view;
}
