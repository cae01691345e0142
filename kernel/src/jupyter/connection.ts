/** The connection file that a frontend writes for the kernel. */
import { getHashes } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Channel = 'shell' | 'control' | 'stdin' | 'iopub' | 'hb';
export const CHANNELS: readonly Channel[] = ['shell', 'control', 'stdin', 'iopub', 'hb'];

export interface Connection {
  /** Where each channel's socket is bound. */
  addresses: Record<Channel, string>;
  /** Key of the messages' signatures; empty when they are not signed. */
  key: string;
  /** Name of the hash, such as `sha256`. */
  hash: string;
}

/** A connection file that cannot be used; the message is for the user. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
}

/** @throws ConnectionError */
export function readConnection(file: string): Connection {
  const fail = (problem: string): never => {
    throw new ConnectionError(
      `The connection file ${file} ${problem}. Jupyter writes it when it starts the kernel.`,
    );
  };
  const fields = parse(file, fail);
  const text = (name: string, otherwise?: string): string => {
    const value = fields[name] ?? otherwise;
    return typeof value === 'string' ? value : fail(`has no text for "${name}"`);
  };
  const transport = text('transport', 'tcp');
  if (transport !== 'tcp' && transport !== 'ipc')
    fail(`asks for the transport "${transport}": only tcp and ipc are known`);
  const ip = text('ip', '127.0.0.1');
  const address = (channel: Channel): string => {
    const port = fields[`${channel}_port`];
    if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65535) {
      return fail(`has no port number for "${channel}_port"`);
    }
    return transport === 'ipc' ? `ipc://${ip}-${String(port)}` : `tcp://${ip}:${String(port)}`;
  };
  const scheme = text('signature_scheme', 'hmac-sha256');
  const hash = scheme.replace(/^hmac-/, '');
  if (scheme === hash || !getHashes().includes(hash))
    fail(`asks for the signature scheme "${scheme}", which Node does not know`);
  const addresses = Object.fromEntries(CHANNELS.map((channel) => [channel, address(channel)]));
  return { addresses: addresses as Connection['addresses'], key: text('key', ''), hash };
}

function parse(file: string, fail: (problem: string) => never): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return fail('is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('is not a JSON object');
  return value as Record<string, unknown>;
}
