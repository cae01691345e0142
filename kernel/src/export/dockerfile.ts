/** An image as a Dockerfile, for those who build theirs by other tools. */
import { MADE_BY } from './made-by.js';
import { APP, RUNTIME, USER } from './pod-paths.js';

export interface DockerfileParts {
  /** Name of the base image. */
  base: string;
  /** Directory that the image starts in. */
  directory: string;
  /** Whether there are packages to install. */
  packages: boolean;
  /** Packages that do something when they are installed. */
  scripts: readonly string[];
  /** Whether npm needs settings of the project to install them. */
  settings: boolean;
  programs: boolean;
}

/**
 * Beside it lie `app/` with what npm installs from, `project/` with the project's own packages and the lock file that
 * stays, `tagflow/`, and `programs/`.
 */
export function dockerfileOf(parts: DockerfileParts): string {
  const { base, directory, packages, scripts, settings, programs } = parts;
  const mount = settings ? `--mount=type=secret,id=npmrc,target=${APP}/.npmrc ` : '';
  return [
    `# ${MADE_BY}`,
    ...(settings
      ? ['# docker build --secret id=npmrc,src=PATH/TO/.npmrc: the settings are not part of the image.']
      : []),
    `FROM ${base}`,
    'USER root',
    `WORKDIR ${APP}`,
    ...(packages
      ? [
          'COPY app/ ./',
          `RUN ${mount}npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/.package-lock.json ~/.npm`,
        ]
      : []),
    // Here they may run: it is the machine that the packages are for.
    ...(scripts.length > 0 ? [`RUN npm rebuild --ignore-scripts=false ${scripts.join(' ')}`] : []),
    ...(packages ? ['COPY project/ ./'] : []),
    `COPY tagflow/ ${RUNTIME}/`,
    ...(programs ? [`COPY programs/ ${directory}/programs/`] : []),
    `WORKDIR ${directory}`,
    `ENV HOME=/tmp TAGFLOW_PROJECT=${directory}`,
    `USER ${USER}`,
    'ENTRYPOINT []',
    'CMD []',
    '',
  ].join('\n');
}
