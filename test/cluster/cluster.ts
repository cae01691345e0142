/** The test cluster as tests use it: a project that is set up for it, and the command line. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '@tagflow/schema';
import { openDeployedStore } from '../../kernel/lib/store/location.js';
import type { Store } from '../../kernel/lib/store/store.js';
import { notebookText, type Row } from '../pipeline/notebook.ts';
import { facts } from './bed.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'kernel', 'lib', 'main.js');

export const bed = facts();

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** A project in the checkout, so that its packages are the checkout's, with a prefix of its own in the store. */
export class Project {
  readonly folder: string;
  readonly store: Store;

  constructor(name: string, changes: object = {}) {
    this.folder = join(ROOT, 'test', 'output', 'cluster', name);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    const deployment = {
      store: {
        url: `${bed.s3.url}/${name}-${Date.now()}`,
        endpoint: bed.s3.endpoint,
        clusterEndpoint: bed.s3.clusterEndpoint,
      },
      registry: { push: `${bed.registry}/team` },
      base: bed.base,
      ...changes,
    };
    this.write('package.json', JSON.stringify({ private: true, type: 'module', tagflow: deployment }));
    Object.assign(process.env, awsKeys());
    this.store = openDeployedStore(deployment, this.folder);
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  notebook(rows: readonly Row[], metadata: object = {}, name = 'notebook.ipynb'): void {
    this.write(name, notebookText(rows, metadata));
  }

  tagflow(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, env));
  }

  /** The same, while it goes on. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof spawn> {
    return spawn(process.execPath, [MAIN, ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        ...awsKeys(),
        KUBECONFIG: bed.kubeconfig,
        TAGFLOW_STORE: '',
        NO_COLOR: '1',
        ...env,
      },
    });
  }

  /** Submits, and waits for the end. */
  async submit(
    args: readonly string[] = [],
    notebook = 'notebook.ipynb',
  ): Promise<Run & { code: number | null; err: string }> {
    const { code, out, err } = await this.tagflow(['submit', notebook, '--watch', '--json', ...args]);
    try {
      return { ...(JSON.parse(out) as Run), code, err };
    } catch {
      throw new Error(`submit ended with ${code}: ${out}${err}`);
    }
  }

  async json(...args: string[]): Promise<any> {
    const { out, err } = await this.tagflow([...args, '--json']);
    try {
      return JSON.parse(out);
    } catch {
      throw new Error(out + err);
    }
  }
}

export function outcomeOf(child: ReturnType<typeof spawn>): Promise<Outcome> {
  let out = '';
  let err = '';
  child.stdout!.on('data', (text) => (out += text));
  child.stderr!.on('data', (text) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

export function awsKeys(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: bed.s3.accessKeyId, AWS_SECRET_ACCESS_KEY: bed.s3.secretAccessKey };
}

/** Waits until something is so. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(300)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`It did not come to this: ${what}`);
}

/** Digests of a run's artifacts, by step and name. */
export const digests = ({ steps }: Pick<Run, 'steps'>): string[] =>
  steps.flatMap(({ name, outputs }) => outputs.map((each) => `${name} ${each.name} ${each.digest}`)).sort();

export const states = ({ steps }: Pick<Run, 'steps'>): string =>
  steps.map(({ name, state }) => `${name} ${state}`).join(', ');
