import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { wireguardDetector } from '../../../src/detect/text/wireguard.js';
import { encode, fixture, scan, sha256, spkis } from './support.js';

/** OpenSSL clamps the X25519 keys that it makes, as `wg genkey` does. */
function makeKey(clamped = true): { base64: string; hex: string; spki: string } {
  const raw = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  if (!clamped) raw[0] = (raw[0] as number) | 5;
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), raw]);
  const publicKey = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  const spki = sha256(publicKey.export({ type: 'spki', format: 'der' }));
  return { base64: raw.toString('base64'), hex: raw.toString('hex'), spki };
}

const found = (text: string): string[] => spkis(scan(wireguardDetector, encode(text, 'ascii')));
const { base64, hex, spki } = makeKey();

describe('WireGuard private keys', () => {
  it.each([
    ['wg-quick', `[Interface]\nPrivateKey = ${base64}\n`],
    ['systemd-networkd', `[WireGuard]\nPrivateKey=${base64}\nListenPort=1\n`],
    ['NetworkManager', `[wireguard]\nprivate-key=${base64}\n`],
    ['OpenWrt', `config interface 'wg0'\n\toption private_key '${base64}'\n`],
    ['JSON', `{"privateKey":"${base64}"}`],
    ['escaped JSON', `{\\"private_key\\": \\"${base64}\\"}`],
    ['environment', `WG_PRIVATE_KEY=${base64}\0HOME=/`],
    ['user space interface', `set=1\nprivate_key=${hex}\nlisten_port=1\n`],
    ['netplan', `  tunnels:\n    wg0:\n      mode: wireguard\n      key: ${base64}\n      port: 1\n`],
    ['netplan, split', `    wg0:\n      mode: wireguard\n      keys:\n        private: "${base64}"\n`],
  ])('are found as %s writes them', (_program, text) => {
    expect(found(text)).toEqual([spki]);
  });

  it('that are not clamped are found in their own section only', () => {
    const other = makeKey(false);
    expect(found(`[Interface]\nAddress = 10.0.0.1/8\nPrivateKey = ${other.base64}\n`)).toEqual([other.spki]);
    expect(found(`[Other]\nPrivateKey = ${other.base64}\n`)).toEqual([]);
    expect(found(`{"privateKey":"${other.base64}"}`)).toEqual([]);
    expect(found(`\nprivate_key=${other.hex}\n`)).toEqual([]);
    const high = Buffer.from(base64, 'base64');
    high[31] = (high[31] as number) | 0x80;
    expect(found(`{"privateKey":"${high.toString('base64')}"}`)).toEqual([]);
  });

  it('are not public or preshared keys, nor other hexadecimal secrets', () => {
    const peers = fixture('wg0.conf').replace(/PrivateKey.*/, '');
    expect(found(peers)).toEqual([]);
    expect(found(`PublicKey = ${base64}\nPresharedKey = ${base64}\npublic_key=${hex}\n`)).toEqual([]);
    expect(found(`PRIVATE_KEY=0x${hex}\nPRIVATE_KEY=${hex}\nmy_private_key=${hex}\n`)).toEqual([]);
  });

  it('have exactly 44 characters', () => {
    expect(found(`PrivateKey = ${base64.slice(1)}`)).toEqual([]);
    expect(found(`PrivateKey = A${base64}`)).toEqual([]);
    expect(found(`PrivateKey = ${base64}=`)).toEqual([]);
    expect(found(`PrivateKey = ${base64.slice(0, -1)}A`)).toEqual([]);
  });
});
