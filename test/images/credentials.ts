/** Docker's configuration in a folder of its own, and programs that keep credentials. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Login {
  /** What `config.json` says. */
  write(config: object | string): void;
  /** A helper `docker-credential-NAME` that answers by a shell script; `$name` is the registry asked for. */
  helper(name: string, script: string): void;
  undo(): void;
}

export function temporaryLogin(): Login {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-login-'));
  const before = { ...process.env };
  process.env['DOCKER_CONFIG'] = folder;
  process.env['PATH'] = [folder, before['PATH']].join(delimiter);
  delete process.env['REGISTRY_AUTH_FILE'];
  return {
    write(config) {
      writeFileSync(
        join(folder, 'config.json'),
        typeof config === 'string' ? config : JSON.stringify(config),
      );
    },
    helper(name, script) {
      const file = join(folder, `docker-credential-${name}`);
      writeFileSync(file, `#!/bin/sh\n[ "$1" = get ] || exit 9\nread -r name\n${script}\n`);
      chmodSync(file, 0o755);
    },
    undo() {
      for (const name of ['DOCKER_CONFIG', 'PATH', 'REGISTRY_AUTH_FILE']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
