/** `tagflow doctor`: whether runs can be submitted from here. */
import { resolve } from 'node:path';
import colors from 'picocolors';
import { readDeployment } from '../cluster/deployment.js';
import { type Finding, examine } from '../cluster/doctor.js';
import { clusterSettingsOf } from './cluster-settings.js';
import { INFRASTRUCTURE } from './failure.js';
import { readNotebookFile } from './notebook.js';
import { print, printAside, writeJson } from './text.js';

export interface DoctorOptions {
  directory: string;
  context?: string;
  namespace?: string;
  /** `--no-round-trip` makes it false. */
  roundTrip: boolean;
  json?: boolean;
}

/** @param notebook whose settings say as whom its pods run, and how they get their images */
export async function doctor(
  notebook: string | undefined,
  { json, roundTrip, ...place }: DoctorOptions,
): Promise<void> {
  const read = notebook === undefined ? undefined : await readNotebookFile(notebook);
  const directory = read?.directory ?? resolve(place.directory);
  const deployment = readDeployment(directory, place);
  const findings: Finding[] = [];
  const isWell = await examine({
    deployment,
    directory,
    settings: read && clusterSettingsOf(read.text, deployment),
    roundTrip,
    onCheck: (what) =>
      void (!json && what === 'round trip' && printAside('A pod is sent there and back …\n')),
    onFinding: (finding) => {
      findings.push(finding);
      const { what, ok, text } = finding;
      if (!json) print(`${ok ? colors.green('✓') : colors.red('✗')} ${what}: ${text}\n`);
    },
  });
  if (json) writeJson({ ok: isWell, findings });
  else print(isWell ? '\nRuns can be submitted.\n' : '\nRuns cannot be submitted yet.\n');
  process.exitCode = isWell ? 0 : INFRASTRUCTURE;
}
