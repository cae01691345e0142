/** What `docker build` and its like need to make a pipeline's images: a folder for each, with a Dockerfile. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dockerfileOf } from '../export/dockerfile.js';
import { imageLockOf } from '../export/package-slice.js';
import { APP } from '../export/pod-paths.js';
import { sliceFor } from './image-build.js';
import type { ImagePlan } from './image-plan.js';
import { checkReplaceable } from './replaceable.js';
import { linkedFiles, projectFiles } from './packages-layer.js';
import { runtimeFiles } from './runtime-layer.js';

const DOCKERFILE = 'Dockerfile';
const PARTS = ['app', 'project', 'tagflow', 'programs'];

/**
 * Writes a folder for each image, named by its first step, without asking any registry.
 *
 * @returns the folder by step, relative to the directory
 * @throws ClusterError, SliceError; ExportError if anything is in the way
 */
export async function writeDockerfiles(
  plans: readonly ImagePlan[],
  directory: string,
): Promise<Record<string, string>> {
  for (const { steps } of plans)
    await checkReplaceable(join(directory, steps[0]!), [DOCKERFILE, ...PARTS], DOCKERFILE);
  const runtime = await runtimeFiles();
  const folders: Record<string, string> = {};
  for (const plan of plans) {
    const folder = plan.steps[0]!;
    const place = join(directory, folder);
    const found = plan.packages.length > 0 ? sliceFor(plan) : undefined;
    const programs = plan.programs.map(({ digest, code }) => ({ path: `${digest}.mjs`, content: code }));
    const { slice, lock } = found ?? {};
    const packages = Object.entries(slice?.packages ?? {});
    const dockerfile = dockerfileOf({
      base: plan.base,
      directory: slice?.directory ? `${APP}/${slice.directory}` : APP,
      packages: slice !== undefined,
      scripts: packages.flatMap(([path, { hasInstallScript }]) =>
        hasInstallScript ? [path.replace(/^.*node_modules\//, '')] : [],
      ),
      settings: lock !== undefined && existsSync(join(lock.directory, '.npmrc')),
      programs: programs.length > 0,
    });
    // First: whatever comes in between, the folder is known as ours.
    await writeFiles(place, [{ path: DOCKERFILE, content: dockerfile }]);
    await Promise.all(PARTS.map((part) => rm(join(place, part), { recursive: true, force: true })));
    await writeFiles(join(place, 'tagflow'), runtime);
    await writeFiles(join(place, 'programs'), programs);
    if (found) await writePackages(place, found);
    for (const step of plan.steps) folders[step] = folder;
  }
  return folders;
}

/** The lock file that stays in the image comes after npm has read its own: it does not say where packages are from. */
async function writePackages(place: string, { slice, lock }: ReturnType<typeof sliceFor>): Promise<void> {
  const archives = new Map<string, string>();
  const files = projectFiles(slice, (path) => {
    archives.set(path, `archives/${archives.size}-${basename(path)}`);
    return archives.get(path)!;
  });
  await writeFiles(
    join(place, 'app'),
    Object.entries(files).map(([path, content]) => ({ path, content })),
  );
  for (const [from, to] of archives) await copy(join(lock.directory, from), join(place, 'app', to));
  for (const { from, to } of linkedFiles(slice, lock.directory)) {
    await copy(from, join(place, 'project', to));
  }
  const content = `${JSON.stringify(imageLockOf(slice))}\n`;
  await writeFiles(join(place, 'project'), [{ path: 'package-lock.json', content }]);
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

async function writeFiles(
  directory: string,
  files: readonly { path: string; content: string | Uint8Array }[],
): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}
