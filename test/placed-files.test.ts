/** Local files that ask for their own place: whoever reads or writes beside them is told that a run has them elsewhere. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipelineOf } from '../kernel/lib/pipeline/index.js';
import { notebookText, type Row } from './pipeline/notebook.ts';

const folder = mkdtempSync(join(tmpdir(), 'tagflow-placed-'));
const FILES: Record<string, string> = {
  'package.json': '{ "imports": { "#lib/*": "./lib/*" } }',
  'lib/url.ts':
    "// import.meta.url in a comment\nimport { readFileSync } from 'node:fs';\nexport const text = () =>\n  readFileSync(new URL('./data.csv', import.meta.url), 'utf8');\nexport interface Row { a: 1 }\n",
  'lib/dirname.js': 'export const here = import.meta.dirname;\n',
  'lib/whole.mts': 'const { filename } = import.meta;\nexport const own = filename;\n',
  'lib/resolve.tsx': "export const found = (): string => import.meta.resolve('./x');\n",
  'lib/plain.ts': 'export const isMain = import.meta.main;\nexport const text = "__dirname";\n',
  'lib/common.cjs': 'exports.here = __dirname;\n',
  'lib/deep.ts': "export { text } from './url.ts';\nexport * from './dirname.js';\n",
  'lib/lazy.ts': "export const lazy = async () => (await import('./url.ts')).text();\n",
  'lib/outer.cjs': "module.exports = require('./common.cjs');\n",
  'lib/typed.ts':
    "import type { Row } from './url.ts';\nimport { Row as Other } from './url.ts';\nexport const row: Row & Other = { a: 1 };\n",
};
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const URL_ASKED = '`import.meta.url` in lib/url.ts, line 4';
const STEP = 'const n = String(await use()).length';

const CASES: [what: string, rows: Row[], told: string[]][] = [
  [
    'a file',
    [
      ['none', "import { text as use } from './lib/url.ts'"],
      ['step:a', STEP],
    ],
    [`c1 1:29 ${URL_ASKED}`],
  ],
  [
    'a file through `imports`',
    [
      ['none', "import { text as use } from '#lib/url.ts'"],
      ['step:a', STEP],
    ],
    [`c1 1:29 ${URL_ASKED}`],
  ],
  [
    'files of a file',
    [
      ['none', "import { text as use } from './lib/deep'"],
      ['step:a', STEP],
    ],
    [`c1 1:29 ${URL_ASKED}; \`import.meta.dirname\` in lib/dirname.js, line 1`],
  ],
  [
    'a file that a file imports later',
    [
      ['none', "import { lazy as use } from './lib/lazy'"],
      ['step:a', STEP],
    ],
    [`c1 1:29 ${URL_ASKED}`],
  ],
  [
    'a file that a cell imports later',
    [['step:a', "const n = (await import('./lib/url.ts')).text()"]],
    [`c1 1:25 ${URL_ASKED}`],
  ],
  [
    'import.meta as a whole',
    [
      ['none', "import * as whole from './lib/whole.mts'; const use = () => whole.own"],
      ['step:a', STEP],
    ],
    ['c1 1:24 `import.meta` in lib/whole.mts, line 1'],
  ],
  [
    'import.meta.resolve',
    [
      ['none', "import { found as use } from './lib/resolve'"],
      ['step:a', STEP],
    ],
    ['c1 1:30 `import.meta.resolve` in lib/resolve.tsx, line 1'],
  ],
  [
    'a bare import',
    [
      ['none', "import './lib/dirname.js'"],
      ['step:a', 'const n = 1'],
    ],
    ['c1 1:8 `import.meta.dirname` in lib/dirname.js, line 1'],
  ],
  [
    'two steps, two names: once',
    [
      ['none', "import { text as use, text } from './lib/url.ts'"],
      ['step:a', STEP],
      ['step:b', 'const m = n + text()'],
    ],
    [`c1 1:35 ${URL_ASKED}`],
  ],
  [
    'CommonJS',
    [
      ['none', "import common from './lib/common.cjs'; const use = () => common.here"],
      ['step:a', STEP],
    ],
    ['c1 1:20 `__dirname` in lib/common.cjs, line 1'],
  ],
  [
    'files that CommonJS requires',
    [
      ['none', "import outer from './lib/outer.cjs'; const use = () => outer.here"],
      ['step:a', STEP],
    ],
    ['c1 1:19 `__dirname` in lib/common.cjs, line 1'],
  ],
  [
    'import.meta.main',
    [
      ['none', "import { isMain as use } from './lib/plain'"],
      ['step:a', 'const n = String(use)'],
    ],
    [],
  ],
  [
    'types',
    [
      ['none', "import { row } from './lib/typed'; import type { Row } from './lib/url.ts'"],
      ['step:a', 'const r: Row = row'],
    ],
    [],
  ],
  [
    'exploration',
    [
      ['none', "import { text as use } from './lib/url.ts'"],
      ['none', STEP],
      ['step:a', 'const n = 1'],
    ],
    [],
  ],
];

test.each(CASES)('%s', (_, rows, told) => {
  const { pipeline } = pipelineOf(notebookText(rows), { directory: folder, name: 'notebook' });
  const found = pipeline.diagnostics.filter(({ code }) => !/^(TF506|TS7016)$/.test(code));
  expect(
    found.map(({ code, severity, cell, range, message }) => {
      expect([code, severity]).toEqual(['TF508', 'warning']);
      const asked = /place: (.*)\. In a run/.exec(message)?.[1];
      return `${cell} ${range!.start.line}:${range!.start.column} ${asked}`;
    }),
  ).toEqual(told);
});
