/** The shipped samples, unpacked into a temporary folder. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export interface SampleKey {
  readonly name: string;
  readonly algorithm: string;
  readonly spkiSha256?: string;
  /** Places by exact byte search; addresses by readelf or another reader of minidumps. */
  readonly forms: ReadonlyArray<{ readonly form: string; readonly offset: number; readonly address?: string }>;
}

export interface Sample {
  readonly file: string;
  readonly format: string;
  readonly sha256: string;
  readonly truncated?: boolean;
  /** Distinct AES keys that aeskeyfind tells of. */
  readonly aesKeys?: number;
  readonly keys: readonly SampleKey[];
  /** Where it lies unpacked. */
  readonly path: string;
  readonly bytes: Buffer;
}

const FOLDER = fileURLToPath(new URL('../../samples/', import.meta.url));

interface Entry extends Omit<Sample, 'path' | 'bytes'> {
  readonly compressed?: string;
}

export function unpackSamples(): { samples: Sample[]; dispose(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'dumpsieve-test-'));
  const manifest = JSON.parse(readFileSync(path.join(FOLDER, 'manifest.json'), 'utf8')) as { samples: Entry[] };
  const samples = manifest.samples.map((entry) => {
    const stored = readFileSync(path.join(FOLDER, entry.file));
    const bytes = entry.compressed === 'gzip' ? gunzipSync(stored) : stored;
    const file = path.join(folder, path.basename(entry.file, '.gz'));
    writeFileSync(file, bytes);
    return { ...entry, path: file, bytes };
  });
  return { samples, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
