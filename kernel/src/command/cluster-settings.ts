/** What a notebook says of its runs on a cluster, for commands that need nothing else of it. */
import type { ClusterSettings, Deployment, Diagnostic } from '@tagflow/schema';
import { checkRights } from '../export/argo-check.js';
import { checkedSettings } from '../pipeline/cells.js';
import { UsageError } from './failure.js';

/** Settings that cannot be used; the message tells each. */
export class SettingErrors extends UsageError {
  constructor(readonly diagnostics: Diagnostic[]) {
    super(diagnosticsText(diagnostics));
  }
}

/**
 * Whatever the cells say.
 * @throws NotebookError, SettingErrors
 */
export function clusterSettingsOf(notebook: string, deployment: Deployment): ClusterSettings {
  const { settings, diagnostics } = checkedSettings(notebook);
  const { cluster = {} } = settings;
  const found = [...diagnostics, ...checkRights(cluster, deployment)];
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new SettingErrors(errors);
  return cluster;
}

/** A line for each. */
export function diagnosticsText(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ severity, code, message, advice }) =>
      [`${severity} ${code}: ${message}`, advice].filter(Boolean).join(' '),
    )
    .join('\n');
}
