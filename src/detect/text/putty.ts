/**
 * PuTTY private key files, versions 1 to 3 (PuTTY manual, appendix C "PPK file format"): header lines, a public key
 * blob and a private one in base64, and a MAC over both. The comment is only used for the MAC and never reported.
 */
import type { TextView } from '../../bytes/text-view.js';
import type { Detector } from '../detector.js';
import { type PpkFile, parsePpk } from './putty-key.js';
import { readPpkLines } from './putty-lines.js';
import { namedTextAnchors, textDetector } from './text-hit.js';

/** `PuTTY-User-Key-File-3: ` cut to the sixteen characters of a UTF-16 anchor. */
const WORDS = 'PuTTY-User-Key-F';
const NAMES = /^(?:Encryption|Comment|Key-Derivation|Argon2-[A-Za-z]+|(?:Public|Private)-Lines|Private-(?:MAC|Hash))$/;
const HEAD = /^PuTTY-User-Key-File-([123]): ([a-z0-9@.-]{1,64})$/;

export const puttyDetector: Detector = textDetector('putty', namedTextAnchors(WORDS), (text, sink) => {
  const file = readFile(text.view, text.at);
  if (file === undefined) return;
  const secret = parsePpk(file);
  sink.secret('putty-private-key', text.view.byteIndex(text.at), text.view.byteIndex(file.end), secret);
});

function readFile(view: TextView, at: number): (PpkFile & { readonly end: number }) | undefined {
  const lines = readPpkLines(view, at);
  const head = HEAD.exec(lines.next() ?? '');
  if (head === null) return undefined;
  const version = Number(head[1]) as 1 | 2 | 3;
  const algorithm = head[2] as string;
  const headers = new Map<string, string>();
  const blobs = new Map<string, string>();
  let end = lines.end;
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const [, name, value] = /^([A-Z][A-Za-z0-9-]{1,30}): ?(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined || !NAMES.test(name)) break;
    headers.set(name, value);
    end = lines.end;
    if (name === 'Public-Lines' || name === 'Private-Lines') {
      const blob = lines.base64(value);
      if (blob === undefined) break;
      blobs.set(name, blob);
      end = lines.end;
    }
    if (name === 'Private-MAC' || name === 'Private-Hash') break;
  }
  const publicBlob = blobs.get('Public-Lines');
  const privateBlob = blobs.get('Private-Lines');
  if (publicBlob === undefined || privateBlob === undefined) return undefined;
  return { version, algorithm, headers, publicBlob, privateBlob, end };
}
