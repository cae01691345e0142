/** What the page of runs begins with: what the browser's address said when JupyterLab was opened, once. */
import { EVERYTHING, viewOf, type RunsView } from './runfilter.js';

/** Kept at once, since JupyterLab writes addresses of its own while it starts. */
let asked = viewOf(window.location.hash);

/** Whether the address asks for the page of runs. */
export function isAsked(): boolean {
  return asked !== undefined;
}

/** Changes nothing, since React may begin to draw the page more than once before it shows it. */
export function startView(): RunsView {
  return asked ?? EVERYTHING;
}

/** Once the page is shown: when it is opened again, it begins with everything. */
export function forgetStart(): void {
  asked = undefined;
}
