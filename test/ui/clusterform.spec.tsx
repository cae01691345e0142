/** The form for where runs on a cluster go. */
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { ClusterForm } from '../../labextension/lib/cluster/clusterform.js';

test('code in the hints is shown as code', async () => {
  const host = document.createElement('div');
  const form = <ClusterForm deployment={{}} contexts={[]} onSave={async () => null} />;
  await act(async () => createRoot(host).render(form));
  expect([...host.querySelectorAll('code')].map((code) => code.textContent)).toContain('docker login');
  expect(host.textContent).not.toContain('`');
});
