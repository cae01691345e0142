/** jsdom, with what JupyterLab's packages expect of a browser besides. */
const { TestEnvironment } = require('jest-environment-jsdom');

module.exports = class extends TestEnvironment {
  constructor(...settings) {
    super(...settings);
    const { fetch, Headers, Request, Response, File, structuredClone, TextEncoder, TextDecoder } = globalThis;
    Object.assign(this.global, {
      ...{ fetch, Headers, Request, Response, File, structuredClone, TextEncoder, TextDecoder },
      IS_REACT_ACT_ENVIRONMENT: true,
    });
  }
};
