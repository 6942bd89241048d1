/**
 * WireGuard private keys: `PrivateKey = ` of wg-quick and systemd-networkd, `private-key=` of NetworkManager,
 * `private_key` of OpenWrt, JSON and environments (44 characters of base64), and the `private_key=` of the user space
 * interface (64 hex digits; https://www.wireguard.com/xplatform/). 32 bytes of base64 are common: what makes them a
 * key is the name, and the clamping that `wg genkey` applies (RFC 7748 section 5), which one random value in 32 has.
 */
import { decodeBase64, isBase64Digit } from '../../bytes/base64.js';
import type { TextView } from '../../bytes/text-view.js';
import type { Detector, Sink } from '../detector.js';
import { isQuote } from './base64-body.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

const KEY_BYTES = 32;
const BASE64_LENGTH = 44;
const HEX_LENGTH = 64;
/** Blanks, quotes and the sign between name and value. */
const MAX_SEPARATOR = 12;
/** Characters before the name in which a section header makes an unclamped key credible. */
const MAX_SECTION = 1024;

const NETPLAN = 'netplan';
const MODE = 'mode:';

export const wireguardDetector: Detector = textDetector(
  'wireguard',
  [
    // Without the first letter: PrivateKey and privateKey.
    ...['rivateKey', 'rivatekey', 'rivate_key', 'rivate-key', 'RIVATE_KEY'].flatMap((text) =>
      namedTextAnchors(text, String(text.length)),
    ),
    ...namedTextAnchors('mode: wireguard', NETPLAN),
  ],
  (text, sink) => {
    const { view, at, name } = text;
    if (name === NETPLAN) {
      reportNetplan(view, at, sink);
      return;
    }
    const from = valueStart(view, at + Number(name));
    if (from !== undefined) reportValue(view, from, at, sink);
  },
);

/** Index of the value after `=` or `:` or, as in OpenWrt's `option private_key '…'`, after blanks alone. */
function valueStart(view: TextView, from: number): number | undefined {
  let signs = 0;
  for (let at = from; at < from + MAX_SEPARATOR; at++) {
    const code = view.code(at);
    // > ends an element's name.
    if (code === 0x3d || code === 0x3a || code === 0x3e) signs++;
    else if (!isQuote(code) && code !== 0x20 && code !== 0x09 && code !== 0x5c) return at > from ? at : undefined;
    if (signs > 1) return undefined;
  }
  return undefined;
}

function reportValue(view: TextView, from: number, name: number, sink: Sink): void {
  const hex = readHex(view, from);
  const secret = hex ?? readBase64(view, from);
  if (secret === undefined) return;
  // The hexadecimal form is told from other 64 digits by nothing else.
  if (!isClamped(secret) && (hex !== undefined || !inSection(view, name))) return;
  const to = from + (hex ? HEX_LENGTH : BASE64_LENGTH);
  sink.secret('wireguard-private-key', view.byteIndex(from), view.byteIndex(to), {
    kind: 'private-key',
    form: 'WireGuard configuration',
    length: to - from,
    key: { type: 'okp', curve: 'X25519', secret },
    whole: true,
    ...(isClamped(secret) && { notes: ['clamped as an X25519 scalar'] }),
  });
}

/** 43 digits and one `=`, with no digit before or after. */
function readBase64(view: TextView, from: number): Uint8Array | undefined {
  const end = view.code(from + BASE64_LENGTH);
  if (view.code(from + BASE64_LENGTH - 1) !== 0x3d || isBase64Digit(end) || end === 0x3d) return undefined;
  const bytes = decodeBase64(view.slice(from, from + BASE64_LENGTH));
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

/** Only for `private_key=` at the start of a line, in the lowercase that the interface prescribes. */
function readHex(view: TextView, from: number): Uint8Array | undefined {
  const name = 'private_key=';
  if (!view.startsWith(name, from - name.length)) return undefined;
  const before = view.code(from - name.length - 1);
  if (before > 0x20) return undefined;
  const text = view.slice(from, from + HEX_LENGTH + 1);
  return /^[0-9a-f]{64}(?![0-9a-zA-Z])/.test(text) ? Uint8Array.from(Buffer.from(text.slice(0, 64), 'hex')) : undefined;
}

function isClamped(scalar: Uint8Array): boolean {
  const first = scalar[0] as number;
  const last = scalar[KEY_BYTES - 1] as number;
  return (first & 7) === 0 && (last & 0xc0) === 0x40;
}

/** Whether the name stands in an `[Interface]` or `[WireGuard]` section. */
function inSection(view: TextView, at: number): boolean {
  const before = view.slice(at - MAX_SECTION, at).toLowerCase();
  const section = before.slice(before.lastIndexOf('['));
  return section.startsWith('[interface]') || section.startsWith('[wireguard]');
}

/**
 * netplan: `key: …` or, under `key:` or `keys:`, `private: …`, in the same tunnel as `mode: wireguard`. Stops at the
 * modes of other tunnels, so that the ranges of different hits overlap once at most.
 */
function reportNetplan(view: TextView, at: number, sink: Sink): void {
  let from = at;
  while (from > at - MAX_SECTION && !view.startsWith(MODE, from - 1)) from--;
  let to = at + 1;
  while (to < at + MAX_SECTION && !view.startsWith(MODE, to)) to++;
  for (const match of view.slice(from, to).matchAll(/[\s"'](?:key|private):[ \t]*["']?(?=[A-Za-z0-9+/]{43}=)/g)) {
    const value = Math.max(0, from) + match.index + match[0].length;
    const secret = readBase64(view, value);
    if (secret && isClamped(secret)) reportValue(view, value, value, sink);
  }
}
