/** Names what holds the places of findings, where the dump's regions cannot: objects of managed heaps, processes. */
import type { Attribution, DumpMap, Finding } from '../types.js';

/** Places that are looked up. Each finding lists at most a thousand. */
const MAX_PLACES = 10_000;

/** `again`: another pass over the dump. Findings come back as they were where nothing is known. */
export async function attributeFindings(
  findings: readonly Finding[],
  map: DumpMap,
  again: (() => AsyncIterable<Uint8Array>) | undefined,
): Promise<Finding[]> {
  const offsets = new Set(findings.flatMap(({ locations }) => locations.map(({ offset }) => offset)));
  if (map.attribute === undefined || again === undefined || offsets.size === 0) return [...findings];
  const wanted = [...offsets].sort((a, b) => a - b).slice(0, MAX_PLACES);
  const names: ReadonlyMap<number, Attribution> = await map.attribute(again(), wanted);
  return findings.map((finding) => ({
    ...finding,
    locations: finding.locations.map((location) => ({ ...location, ...names.get(location.offset) })),
  }));
}
