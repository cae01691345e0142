/** Our own icons; the classes let JupyterLab's themes colour them. */
import { LabIcon } from '@jupyterlab/ui-components';

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${body}</svg>`;

/** Three boxes, two of which follow from one. */
export const pipelineIcon = new LabIcon({
  name: 'tagflow:pipeline',
  svgstr: svg(
    '<g class="jp-icon3" fill="#616161"><rect x="5" y="1" width="6" height="4.4" rx="1.2"/>' +
      '<rect x="0.8" y="10.6" width="6" height="4.4" rx="1.2"/>' +
      '<rect x="9.2" y="10.6" width="6" height="4.4" rx="1.2"/>' +
      '<path d="M7.4 5.2v2.2H3.2v3.4h1.2V8.6h7.2v2.2h1.2V7.4H8.6V5.2z"/></g>',
  ),
});

/** A luggage tag. */
export const stepIcon = new LabIcon({
  name: 'tagflow:step',
  svgstr: svg(
    '<path class="jp-icon3" fill="#616161" fill-rule="evenodd" d="M2.3 1.5h5.2c.3 0 .6.1.8.3l6 6c.5.5.5 1.2 0 1.7' +
      'l-5 5c-.5.5-1.2.5-1.7 0l-6-6c-.2-.2-.3-.5-.3-.8V2.5c0-.6.4-1 1-1zm1.9 3.9a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z"/>',
  ),
});
