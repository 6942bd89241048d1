/** Names found keys by the certificates of the same dump. */
import { FormatError } from '../errors.js';
import type { CertificateName, CertificateSighting, Detection } from '../types.js';
import type { CertificateIndex } from './merge.js';

/** Certificates named for one key; renewals of one key pair rarely are more. */
const MAX_NAMES = 16;

/** Only certificates that carry a found key's public half are parsed in full. */
export async function nameCertificates(
  detections: readonly Detection[],
  sightings: Iterable<CertificateSighting>,
): Promise<CertificateIndex> {
  const wanted = new Set(detections.map((detection) => detection.key?.spkiSha256));
  const index = new Map<string, CertificateName[]>();
  const matching = [...sightings].filter(({ spkiSha256 }) => wanted.has(spkiSha256));
  if (matching.length === 0) return index;
  // The ASN.1 libraries are large; most scans never need them.
  const { nameCertificate } = await import('../prove/certificates.js');
  for (const { spkiSha256, der } of matching.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))) {
    const names = index.get(spkiSha256) ?? [];
    if (names.length >= MAX_NAMES) continue;
    try {
      names.push(await nameCertificate(der));
      index.set(spkiSha256, names);
    } catch (error) {
      // A certificate that does not parse names nothing.
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return index;
}
