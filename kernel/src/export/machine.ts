/** The machines that an image is for, in the words of the OCI and of npm. */
import type { LockedPackage } from './locked-package.js';

export interface Machine {
  /** npm's words, which are Node's: `linux`, `x64`. */
  os: string;
  cpu: string;
  /** Its C library, where that matters. */
  libc?: 'glibc' | 'musl';
}

/** What nodes are, where the project does not say. */
export const DEFAULT_PLATFORM = 'linux/amd64';

const PROCESSORS: Readonly<Record<string, string>> = { amd64: 'x64', arm64: 'arm64' };

/**
 * @param platform the OCI's words: `linux/amd64`
 * @param base the base image; Alpine's C library is another
 */
export function machineOf(platform: string, base = ''): Machine {
  const [os = '', architecture = ''] = platform.split('/');
  return {
    os,
    cpu: PROCESSORS[architecture] ?? architecture,
    libc: /alpine|musl/.test(base) ? 'musl' : 'glibc',
  };
}

export function machineText({ os, cpu, libc }: Machine): string {
  return [os, cpu, ...(libc === undefined ? [] : [`with ${libc}`])].join(' ');
}

/** Whether npm would install a package there: each list names what it is for, or with `!` what it is not for. */
export function fits({ os = [], cpu = [], libc = [] }: LockedPackage, machine: Machine): boolean {
  const within = (list: readonly string[], here: string | undefined) =>
    here === undefined ||
    list.length === 0 ||
    list.includes(here) ||
    (list[0]!.startsWith('!') && !list.includes(`!${here}`));
  return within(os, machine.os) && within(cpu, machine.cpu) && within(libc, machine.libc);
}
