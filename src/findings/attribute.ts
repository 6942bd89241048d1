/** Names what holds the places of findings, where the dump's regions cannot: objects of managed heaps, processes. */
import { placesIn, type Spaces } from '../dump/virtual/spaces.js';
import type { Attribution, DumpMap, Finding, Location } from '../types.js';

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
  // Each pass begins anew.
  const dump = { [Symbol.asyncIterator]: () => again()[Symbol.asyncIterator]() };
  const names: ReadonlyMap<number, Attribution> = await map.attribute(dump, wanted);
  return findings.map((finding) => ({
    ...finding,
    locations: finding.locations.map((location) => ({ ...location, ...names.get(location.offset) })),
  }));
}

/** In the memory of a machine: which processes have the places of findings, and at which addresses. */
export function placeInSpaces(findings: readonly Finding[], spaces: Spaces | undefined): Finding[] {
  if (spaces === undefined) return [...findings];
  const places = placesIn(
    spaces,
    findings.flatMap(({ locations }) => locations.map(({ offset }) => offset)),
  );
  const place = (location: Location): Location => {
    const [first, ...others] = places.get(location.offset) ?? [];
    if (first === undefined) return location;
    const also = [...(location.also ?? []), ...others];
    return { ...location, ...first, ...(also.length > 0 && { also }) };
  };
  return findings.map((finding) => ({ ...finding, locations: finding.locations.map(place) }));
}
