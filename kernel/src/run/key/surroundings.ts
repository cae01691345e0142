/** What a program's cache key takes from the project and from the place where it runs. */
import type { Program, Step } from '@tagflow/schema';
import { dataFilesOf } from './data-files.js';
import { type LocalFiles, localFilesOf } from './local-files.js';

export interface Surroundings {
  /** Packages are looked up from there. */
  directory: string;
  localFiles(program: Program): Promise<LocalFiles>;
  /** Digest of each declared file, by its path. */
  files(step: Step): Promise<Record<string, string>>;
  env: Readonly<NodeJS.ProcessEnv>;
  /** What the key says of the base image that the step's settings name. */
  image(step: Step): string | undefined;
}

/** A project on this machine: the notebook's directory. */
export function projectSurroundings(directory: string): Surroundings {
  return {
    directory,
    localFiles: ({ localFiles }) => localFilesOf(localFiles, directory),
    files: ({ settings }) => dataFilesOf(settings.files ?? [], directory),
    env: process.env,
    // It is not used here: what is made without it must not stand for what is made in it.
    image: ({ settings: { image } }) => (image === undefined ? undefined : `${image} is not used here`),
  };
}
