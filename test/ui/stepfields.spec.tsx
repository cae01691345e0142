import type { IFormRendererRegistry } from '@jupyterlab/ui-components';
import { act, type ComponentType } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { addStepFields } from '../../labextension/lib/step/stepfields.js';

const fields = new Map<string, ComponentType<any>>();
addStepFields({
  addRenderer: (id: string, { fieldRenderer }: any) => fields.set(id.split('.').at(-1)!, fieldRenderer),
} as unknown as IFormRendererRegistry);

let root: Root;
let node: HTMLElement;

/** A field whose value is kept as the form does it; gives the values that it wrote. */
async function show(name: string, formData?: unknown): Promise<unknown[]> {
  const Field = fields.get(name)!;
  const written: unknown[] = [];
  node = document.body.appendChild(document.createElement('div'));
  root = createRoot(node);
  const render = (value: unknown): void =>
    root.render(
      <Field
        idSchema={{ $id: 'f' }}
        schema={{ title: 'The title', description: 'What it is.' }}
        formData={value}
        onChange={(next: unknown) => {
          written.push(next);
          render(next);
        }}
      />,
    );
  await act(async () => render(formData));
  return written;
}

afterEach(() => act(async () => root.unmount()));

const control = (): any => node.querySelector('#f');
async function enter(element: any, value: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value')!.set!.call(element, value);
    element.dispatchEvent(new Event(element.tagName === 'SELECT' ? 'change' : 'input', { bubbles: true }));
  });
}

describe('the fields of the form', () => {
  it.each(['names', 'after', 'variables', 'cache'])('%s has a title and a description', async (name) => {
    await show(name);
    expect(node.querySelector('label[for=f]')!.textContent).toBe('The title');
    const described = control().getAttribute('aria-describedby');
    expect(document.getElementById(described)!.textContent).toBe('What it is.');
  });

  it('keep what is typed as it is typed', async () => {
    const written = await show('names', ['a']);
    await enter(control(), 'a, ');
    await enter(control(), 'a, b');
    await enter(control(), '');
    expect([written, control().value]).toEqual([[['a'], ['a', 'b'], undefined], '']);
  });

  it('tell no answer from the answer that there are none', async () => {
    const written = await show('after');
    const none = node.querySelector<HTMLInputElement>('input[type=checkbox]')!;
    expect(none.checked).toBe(false);
    await act(async () => none.click());
    await enter(control(), 'load');
    expect([written, none.checked]).toEqual([[[], ['load']], false]);
  });

  it('write false and true, and an age', async () => {
    const written = await show('cache', { maxAge: '2h' });
    await enter(node.querySelector('input'), '3h');
    for (const choice of ['never', 'always', 'limited', 'code']) await enter(control(), choice);
    expect(written).toEqual([{ maxAge: '3h' }, false, true, { maxAge: '1d' }, undefined]);
    expect(node.querySelector('input')).toBeNull();
  });

  it('write variables', async () => {
    const written = await show('variables');
    await enter(control(), 'A=1');
    expect(written).toEqual([{ A: '1' }]);
  });
});
