/** Layers of an image: the same files give the same bytes, whoever packs them, when and where. Pure. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface LayerFile {
  /** Absolute in the image, without the first `/`. */
  path: string;
  /** A file's bytes, or where a link leads. */
  content: Uint8Array | { link: string };
  executable?: boolean;
}

export interface Layer {
  /** sha256 of what is stored, packed. */
  digest: string;
  /** sha256 of it unpacked, as an image's configuration names it. */
  diffId: string;
  bytes: Uint8Array;
}

/** Long ago, so that no clock enters. */
const TIME = new Date(0);

export async function layerOf(files: readonly LayerFile[]): Promise<Layer> {
  const tar = pack();
  const pieces: Uint8Array[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    tar.on('data', (piece) => void pieces.push(piece as Uint8Array));
    tar.on('end', () => resolve(Buffer.concat(pieces)));
    tar.on('error', reject);
  });
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const folder of foldersOf(sorted))
    tar.entry({ ...OWNER, name: folder, type: 'directory', mode: 0o755 });
  for (const { path, content, executable } of sorted) {
    const mode = executable ? 0o755 : 0o644;
    if ('link' in content)
      tar.entry({ ...OWNER, name: path, type: 'symlink', linkname: content.link, mode: 0o777 });
    else tar.entry({ ...OWNER, name: path, mode, size: content.length }, Buffer.from(content));
  }
  tar.finalize();
  const bytes = await whole;
  const packed = gzipSync(bytes, { level: 6 });
  // The byte that names the operating system.
  packed[9] = 255;
  return { digest: sha256(packed), diffId: sha256(bytes), bytes: packed };
}

const OWNER = { uid: 0, gid: 0, mtime: TIME, uname: '', gname: '' } as const;

function foldersOf(files: readonly LayerFile[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders].sort();
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
