// What axe finds wrong for people who use keys or a screen reader.
import axe from 'axe-core';

/**
 * Serious faults within elements of this selector, as sentences.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 * @returns {Promise<string[]>}
 */
export async function faultsIn(page, selector) {
  await page.evaluate(axe.source);
  return page.evaluate(async (within) => {
    // JupyterLab's page around it is not ours.
    const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } };
    const { violations } = await globalThis.axe.run(within, { rules });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  }, selector);
}
