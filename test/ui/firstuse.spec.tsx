/** What is loaded, or known, only for the first time that it is shown. */
import { act, createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onFirstUse } from '../../labextension/lib/firstuse.js';

async function render(element: JSX.Element): Promise<HTMLElement> {
  const host = document.createElement('div');
  await act(async () => createRoot(host).render(element));
  return host;
}

test('a part is loaded once, and a failure can be tried again', async () => {
  const load = jest
    .fn(async () => ({ default: ({ name }: { name: string }) => createElement('b', null, name) }))
    .mockRejectedValueOnce(new TypeError('Failed to fetch'));
  const Part = onFirstUse(load, 'Waiting …');
  const host = await render(createElement(Part, { name: 'first' }));
  expect(host.textContent).toMatch(/could not be loaded/);
  expect(host.querySelector('[role=alert]')).not.toBeNull();
  await act(async () => host.querySelector('button')!.click());
  expect(host.innerHTML).toBe('<b>first</b>');
  expect((await render(createElement(Part, { name: 'second' }))).innerHTML).toBe('<b>second</b>');
  expect(load).toHaveBeenCalledTimes(2);
});

test('until it is loaded, something else is shown', async () => {
  const Part = onFirstUse(() => new Promise<never>(() => undefined), 'Waiting …');
  expect((await render(createElement(Part, {}))).innerHTML).toBe('Waiting …');
});

test('what the address asks for is shown however often React begins to draw it, and only the first time', async () => {
  window.history.replaceState(null, '', '#tagflow-runs?text=nightly');
  const { forgetStart, startView } = await import('../../labextension/lib/past/startview.js');
  const { useEffect, useState } = await import('react');
  function Page(): JSX.Element {
    const [view] = useState(startView);
    useEffect(forgetStart, []);
    return createElement('i', null, view.filter.text);
  }
  const page = createElement(StrictMode, null, createElement(Page));
  expect((await render(page)).textContent).toBe('nightly');
  expect((await render(page)).textContent).toBe('');
});
