// Pods' network: a bridge of their own, whose traffic stays on this machine. No DNS and no service proxy are needed.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../binder/progress.mjs';
import { apiAddress, bridge, nodeAddress, podsNetwork, state } from './places.mjs';

export const cniFolder = join(state, 'cni');
const ADDRESSES = [nodeAddress, apiAddress];
/** Where the plugins keep which pod has which address. */
const LEASES = '/var/lib/cni/networks/tagflow-pods';
const RESULTS = '/var/lib/cni/results';

const PLUGINS = {
  '10-pods.conflist': {
    cniVersion: '0.4.0',
    name: 'tagflow-pods',
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: podsNetwork }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
    ],
  },
  '99-loopback.conf': { cniVersion: '0.4.0', name: 'lo', type: 'loopback' },
};

export async function makeNetwork() {
  mkdirSync(cniFolder, { recursive: true });
  for (const [file, content] of Object.entries(PLUGINS))
    writeFileSync(join(cniFolder, file), JSON.stringify(content));
  const present = await addresses();
  for (const address of ADDRESSES)
    if (!present.includes(address)) await command('ip', ['addr', 'add', `${address}/32`, 'dev', 'lo']);
}

export async function removeNetwork() {
  for (const address of await addresses()) await command('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo']);
  if (existsSync(`/sys/class/net/${bridge}`)) await command('ip', ['link', 'delete', bridge]);
  rmSync(LEASES, { recursive: true, force: true });
  if (!existsSync(RESULTS)) return;
  for (const name of readdirSync(RESULTS)) if (name.startsWith('tagflow-pods-')) rmSync(join(RESULTS, name));
}

/** What is there of it. */
export async function networkLeft() {
  const links = existsSync(`/sys/class/net/${bridge}`) ? [`the bridge ${bridge}`] : [];
  return [...(await addresses()).map((address) => `the address ${address}`), ...links];
}

async function addresses() {
  const text = await command('ip', ['-4', '-o', 'addr', 'show', 'dev', 'lo']);
  return ADDRESSES.filter((address) => text.includes(` ${address}/`));
}
