/** Where a secret lies, in the terms of SARIF 2.1.0 sections 3.4, 3.28 to 3.32. */
import path from 'node:path';
import type { Location } from '../types.js';
import { hexOffset } from './describe.js';
import { sanitize } from './sanitize.js';
import { plural } from './units.js';

/** What stands for standard input. */
const STDIN = '-';

/**
 * A URI reference (RFC 3986): relative where the path is, so that GitHub finds it in the repository; `file:` otherwise.
 * `separator` is that of the platform: on POSIX a backslash is a letter like others.
 */
export function uriOf(file: string, separator: string = path.sep): string {
  if (file === STDIN) return 'stdin';
  const slashed = separator === '\\' ? file.replaceAll('\\', '/') : file;
  if (separator === '\\' && slashed.startsWith('//')) return `file:${encode(slashed)}`;
  if (separator === '\\' && /^[a-z]:\//i.test(slashed)) {
    return `file:///${slashed.slice(0, 2)}${encode(slashed.slice(2))}`;
  }
  if (slashed.startsWith('/')) return `file://${encode(slashed)}`;
  return encode(path.posix.normalize(slashed));
}

function encode(slashed: string): string {
  // A lone surrogate has no UTF-8 form: encodeURIComponent would throw.
  return slashed
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}

/**
 * A location object. The region is in bytes; `startLine` says nothing about a binary file, but GitHub refuses results
 * without one.
 */
export function sarifLocation(location: Location, uri: string, index: number) {
  const { part, offset, length, physical, region, module, thread, process, object, container } = location;
  const address = addressOf(location);
  return {
    physicalLocation: {
      artifactLocation: { uri, index },
      region: { startLine: 1, byteOffset: offset, byteLength: length },
      ...(address && { address }),
    },
    ...(module !== undefined && { logicalLocations: [{ fullyQualifiedName: module, kind: 'module' }] }),
    message: { text: `${plain(part)} at ${hexOffset(offset)}, ${plural(length, 'byte')}` },
    properties: { part, physical, region, module, thread, process, object, container },
  };
}

/** `absoluteAddress` is a JSON number: kernel addresses are more than it holds exactly, and stand in the name only. */
function addressOf({ address, length, region }: Location) {
  if (address === undefined) return undefined;
  const number = /^0x[0-9a-f]{1,16}$/.test(address) ? Number(address) : Number.NaN;
  return {
    fullyQualifiedName: address,
    length,
    ...(region !== undefined && { name: region }),
    ...(Number.isSafeInteger(number) && { absoluteAddress: number }),
  };
}

/**
 * Foreign text for a message. Braces and brackets mean placeholders and links there (sections 3.11.5, 3.11.6), and
 * viewers disagree on how they are escaped.
 */
export function plain(text: string): string {
  return sanitize(text).replace(/[{[]/g, '(').replace(/[}\]]/g, ')');
}
