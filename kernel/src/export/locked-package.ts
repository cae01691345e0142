/** A package as npm's lock file has it, as far as it is used. */
export interface LockedPackage {
  /** The package's own name, where it is installed under another: an alias. */
  name?: string;
  version?: string;
  integrity?: string;
  /** Where a link leads, relative to the lock file; else where it comes from. */
  resolved?: string;
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  hasInstallScript?: boolean;
  /** It comes inside the package above it. */
  inBundle?: boolean;
  bundleDependencies?: string[];
  bin?: Record<string, string>;
}
