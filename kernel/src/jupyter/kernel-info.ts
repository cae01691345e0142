/** What the kernel says about itself. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PROTOCOL_VERSION, type Content } from './wire.js';

const require = createRequire(import.meta.url);

function versionOf(packageFile: string): string {
  return (JSON.parse(readFileSync(require.resolve(packageFile), 'utf8')) as { version: string }).version;
}

export function kernelInfo(): Content {
  const version = versionOf('../../package.json');
  const typescript = versionOf('typescript/package.json');
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: 'tagflow',
    implementation_version: version,
    banner: `Tagflow ${version}: TypeScript ${typescript}, Node ${process.version}`,
    help_links: [{ text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' }],
    debugger: false,
    supported_features: ['kernel subshells'],
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: { name: 'javascript', typescript: true },
      nbconvert_exporter: 'script',
    },
  };
}
