import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateCellSettings } from '@tagflow/schema';
import {
  cacheAge,
  cacheChoice,
  gpuText,
  namesText,
  readCache,
  readGpu,
  readNames,
  readTolerations,
  readVariables,
  readVolumes,
  tolerationsText,
  variablesText,
  volumesText,
} from '../../labextension/lib/step/settings.js';

const root = join(__dirname, '../..');
const json = (path: string): any => JSON.parse(readFileSync(join(root, path), 'utf8'));

describe('settings as text', () => {
  it.each([
    ['', undefined, ''],
    [' , ', undefined, ''],
    ['load', ['load'], 'load'],
    ['load,  train,', ['load', 'train'], 'load, train'],
    ['a\nb', ['a', 'b'], 'a, b'],
  ])('names: %j', (text, names, shown) => {
    expect(readNames(text)).toEqual(names);
    expect(namesText(names)).toBe(shown);
  });

  it.each([
    ['', undefined, ''],
    ['A=1', { A: '1' }, 'A=1'],
    ['A=x=y\n\n B = 2', { A: 'x=y', B: ' 2' }, 'A=x=y\nB= 2'],
    ['A', { A: '' }, 'A='],
    ['=1', undefined, ''],
  ])('variables: %j', (text, variables, shown) => {
    expect(readVariables(text)).toEqual(variables);
    expect(variablesText(variables)).toBe(shown);
  });

  it.each([
    ['', undefined, ''],
    ['2', { count: 2 }, '2'],
    [' 1  amd.com/gpu ', { count: 1, name: 'amd.com/gpu' }, '1 amd.com/gpu'],
  ])('graphics processors: %j', (text, gpu, shown) => {
    expect(readGpu(text)).toEqual(gpu);
    expect(gpuText(gpu)).toBe(shown);
    if (gpu) expect(validateCellSettings({ gpu })).toBe(true);
  });

  it.each([
    ['', undefined, ''],
    ['a=b:NoSchedule', [{ key: 'a', value: 'b', effect: 'NoSchedule' }], 'a=b:NoSchedule'],
    [
      'gpu:NoExecute\n\nspot',
      [
        { key: 'gpu', operator: 'Exists', effect: 'NoExecute' },
        { key: 'spot', operator: 'Exists' },
      ],
      'gpu:NoExecute\nspot',
    ],
  ])('tolerations: %j', (text, tolerations, shown) => {
    expect(readTolerations(text)).toEqual(tolerations);
    expect(tolerationsText(tolerations)).toBe(shown);
    if (tolerations) expect(validateCellSettings({ tolerations })).toBe(true);
  });

  it.each([
    ['', undefined, ''],
    [
      '/data  claim ro\n/out other',
      [
        { path: '/data', claim: 'claim', readOnly: true },
        { path: '/out', claim: 'other' },
      ],
      '/data claim ro\n/out other',
    ],
  ])('volumes: %j', (text, volumes, shown) => {
    expect(readVolumes(text)).toEqual(volumes);
    expect(volumesText(volumes)).toBe(shown);
    if (volumes) expect(validateCellSettings({ volumes })).toBe(true);
  });

  it.each([
    [undefined, 'code', ''],
    [true, 'always', ''],
    [false, 'never', ''],
    [{ maxAge: '2h' }, 'limited', '2h'],
  ] as const)('what may stand: %j', (value, choice, age) => {
    expect([cacheChoice(value), cacheAge(value)]).toEqual([choice, age]);
    expect(readCache(choice, age)).toEqual(value);
  });

  it('shows what somebody wrote by hand', () => {
    expect(namesText('load')).toBe('load');
    expect(namesText({ a: 1 })).toBe('{"a":1}');
    expect(variablesText({ A: 1 })).toBe('A=1');
  });
});

describe('the form', () => {
  const [form] = json('labextension/schema/plugin.json')['jupyter.lab.metadataforms'];
  const fields: Record<string, any> = form.metadataSchema.properties;

  it('has a field for every setting of a cell', () => {
    const settings = Object.keys(json('schema/cell.json').definitions.CellSettings.properties);
    expect(Object.keys(fields).sort()).toEqual(settings.map((name) => `/tagflow/${name}`).sort());
    expect(Object.keys(form.metadataOptions).sort()).toEqual(Object.keys(fields).sort());
  });

  it.each(Object.entries(fields))('%s writes nothing that nobody chose', (path, field) => {
    // JupyterLab writes empty lists and tables of its own accord, and takes no falsy default for one.
    expect([field.default, ['array', 'object'].includes(field.type)]).toEqual([undefined, false]);
    expect(form.metadataOptions[path]).toMatchObject({ cellTypes: ['code'], writeDefault: false });
    expect(field.description).toMatch(/\.$/);
  });

  it.each([
    ['/tagflow/timeout', ['30s', '5m', '1.5h'], ['5', 'm', '5 m']],
    ['/tagflow/cpu', ['2', '0.5', '500m'], ['two', '1k']],
    ['/tagflow/memory', ['512Mi', '4Gi'], ['4GB']],
    ['/tagflow/keepLimit', ['64Mi', '1000'], ['64MB', '1.5Mi']],
  ])('%s takes what the kernel takes', (path, good, bad) => {
    const name = path.split('/').at(-1)!;
    for (const [values, expected] of [
      [good, true],
      [bad, false],
    ] as const)
      for (const value of values) {
        expect([value, new RegExp(fields[path].pattern).test(value)]).toEqual([value, expected]);
        expect([value, validateCellSettings({ [name]: value })]).toEqual([value, expected]);
      }
  });
});
