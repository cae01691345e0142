/** The timeline of a run, drawn. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { TimelineView } from '../../labextension/lib/past/timelineview.js';
import { run } from './samples';

test.each([
  [256, ['0 ms', '50 ms', '100 ms', '150 ms', '200 ms', '']],
  [240, ['0 ms', '50 ms', '100 ms', '150 ms', '200 ms']],
])('%d ms: a tick at the end has no words, which would lie over those before it', async (length, ticks) => {
  const created = '2026-01-02T03:04:05.000Z';
  const ended = new Date(Date.parse(created) + length).toISOString();
  const host = document.createElement('div');
  const shown = (
    <TimelineView
      run={run('succeeded', [], { created, ended })}
      now={0}
      selected={null}
      onSelect={() => {}}
    />
  );
  await act(async () => createRoot(host).render(shown));
  expect([...host.querySelectorAll('.tf-Timeline-tick')].map((tick) => tick.textContent)).toEqual(ticks);
});

test('when a step ran is told to who cannot see its bar', async () => {
  const at = (ms: number): string => new Date(Date.parse('2026-01-02T03:04:05.000Z') + ms).toISOString();
  const steps = [{ name: 'load', state: 'succeeded' as const, started: at(500), ended: at(1500) }];
  const host = document.createElement('div');
  const made = run('succeeded', [...steps, { name: 'train', state: 'omitted' }], {
    created: at(0),
    ended: at(2000),
  });
  const shown = <TimelineView run={made} now={0} selected={null} onSelect={() => {}} />;
  await act(async () => createRoot(host).render(shown));
  const when = [...host.querySelectorAll('tbody tr')].map((row) => row.children[1]!.textContent);
  expect(when).toEqual(['500 ms to 1.5 s', '']);
});
