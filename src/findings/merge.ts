/**
 * From detections to findings: one finding for each secret (for all session keys of a size), with all its places, named by the certificates of the same
 * dump. Pure functions: the same detections give the same findings in whatever order they came.
 */
import { createHash } from 'node:crypto';
import { RULES, type RuleId } from '../detect/rules.js';
import type { RegionIndex } from '../dump/map.js';
import type { CertificateName, Confidence, Detection, Finding, KeyIdentity, Location, Severity } from '../types.js';

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const CONFIDENCES: readonly Confidence[] = ['proven', 'parsed', 'pattern', 'heuristic'];

/** Locations listed for one finding; the rest are counted. A key in a busy heap can stand in thousands of places. */
export const MAX_LOCATIONS = 1000;

/** 0 for critical to 3 for low. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Certificates by the SHA-256 of their SubjectPublicKeyInfo. */
export type CertificateIndex = ReadonlyMap<string, readonly CertificateName[]>;

/** `container`: the path through archives to the dump. */
export function mergeFindings(
  detections: readonly Detection[],
  regions: RegionIndex,
  certificates: CertificateIndex,
  container?: string,
): Finding[] {
  const groups = new Map<string, Detection[]>();
  for (const detection of withoutShadowed(withoutAbsorbed(withoutTorn(detections, regions)))) {
    const identity = identityOf(detection);
    const group = groups.get(identity);
    if (group) group.push(detection);
    else groups.set(identity, [detection]);
  }
  return [...groups.values()]
    .map((group) => mergeOne(group, regions, certificates, container))
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || firstOffset(a) - firstOffset(b));
}

/** The secret's; or, of rules whose secrets are told together, that of the rule and the size, the same in all dumps. */
function identityOf({ rule, fingerprint, key }: Detection): string {
  if (ruleOf(rule)?.together !== true) return fingerprint;
  return createHash('sha256')
    .update(`dumpsieve/1 together ${rule} ${key?.bits ?? 0}`)
    .digest('hex');
}

function ruleOf(rule: string): (typeof RULES)[RuleId] | undefined {
  return RULES[rule as RuleId];
}

function firstOffset(finding: Finding): number {
  return finding.locations[0]?.offset ?? 0;
}

function mergeOne(
  group: readonly Detection[],
  regions: RegionIndex,
  certificates: CertificateIndex,
  container: string | undefined,
): Finding {
  const places = outermost(withoutRunOver(group));
  const best = [...group].sort(byStrength)[0] as Detection;
  const names = certificates.get(best.key?.spkiSha256 ?? '') ?? [];
  const evidence = [...new Set(places.flatMap((place) => place.evidence)), ...contextsOf(places)];
  const secrets = new Set(group.map(({ fingerprint }) => fingerprint)).size;
  if (secrets > 1) evidence.unshift(`${secrets} different keys`);
  // What proves the key at one place proves it at all.
  let confidence =
    CONFIDENCES[Math.min(...group.map((each) => CONFIDENCES.indexOf(each.confidence)))] ?? best.confidence;
  if (confidence === 'parsed' && names.length > 0 && !isEncrypted(best)) {
    confidence = 'proven';
    evidence.unshift('the public key derived from it stands in a certificate of the same dump');
  }
  const key: KeyIdentity | undefined = best.key && { ...best.key, ...(names.length > 0 && { certificates: names }) };
  return {
    id: `dsk1-${identityOf(best).slice(0, 32)}`,
    rule: best.rule,
    title: best.title ?? ruleOf(best.rule)?.title ?? best.rule,
    severity: best.severity,
    confidence,
    ...(key && { key }),
    evidence,
    locations: places.slice(0, MAX_LOCATIONS).map((place) => locate(place, regions, container)),
    ...(places.length > MAX_LOCATIONS && { moreLocations: places.length - MAX_LOCATIONS }),
  };
}

/** Contexts told of one finding. */
const MAX_CONTEXTS = 8;

function contextsOf(places: readonly Detection[]): string[] {
  return [...new Set(places.flatMap(({ context }) => context ?? []))].slice(0, MAX_CONTEXTS);
}

function isEncrypted(detection: Detection): boolean {
  return detection.confidence === 'parsed' && detection.evidence.some((line) => line.startsWith('encrypted: '));
}

/** Most severe first, then best proven, then the place that comes first. */
function byStrength(a: Detection, b: Detection): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    byPlace(a, b)
  );
}

/** By offset; of those at one offset the longest first, then by name, so that the order is total. */
function byPlace(a: Detection, b: Detection): number {
  return (
    a.offset - b.offset ||
    b.length - a.length ||
    compare(a.rule, b.rule) ||
    compare(a.part, b.part) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Drops what lies inside another place of the same secret: the PKCS#1 inside a PKCS#8 is no second copy. */
function outermost(group: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  let end = -1;
  for (const place of [...group].sort(byPlace)) {
    if (place.offset + place.length <= end) continue;
    kept.push(place);
    end = place.offset + place.length;
  }
  return kept;
}

/**
 * Drops a reading of the key that runs over the end of a page into other memory, where a better one goes on where the
 * memory does: one that shows more relations of the same key. A copy that is whole in either way shows all of them.
 */
function withoutRunOver(group: readonly Detection[]): readonly Detection[] {
  const pieces = group.filter(({ goesOn }) => goesOn);
  if (pieces.length === 0) return group;
  // Of pieces with one end the longest: a number that crosses it, too, lies in the structure that holds it.
  pieces.sort((a, b) => a.length - b.length || a.evidence.length - b.evidence.length);
  const ends = [...new Map(pieces.map((piece) => [piece.offset + piece.length, piece]))].sort(([a], [b]) => a - b);
  let next = 0;
  return [...group].sort(byPlace).filter(({ offset, length, evidence }) => {
    while (next < ends.length && (ends[next] as [number, Detection])[0] <= offset) next++;
    const [end, piece] = ends[next] ?? [offset + length, undefined];
    const runsOver = piece !== undefined && piece.offset <= offset && end < offset + length;
    return !runsOver || piece.evidence.every((line) => evidence.includes(line));
  });
}

/**
 * Drops what was read across the end of a region into unrelated memory and is not proven, where another reading of the
 * same place keeps to the region or goes on where the memory does.
 */
function withoutTorn(detections: readonly Detection[], regions: RegionIndex): Detection[] {
  const torn = new Map(
    detections.flatMap((detection) => {
      const end = detection.confidence === 'proven' ? undefined : regions.tornAt(detection);
      return end === undefined ? [] : [[detection, end] as const];
    }),
  );
  if (torn.size === 0) return [...detections];
  const kept = detections.filter((detection) => !torn.has(detection));
  const ends = new Set(kept.map(({ offset, length }) => `${offset} ${offset + length}`));
  return detections.filter((detection) => {
    const end = torn.get(detection);
    return end === undefined || !ends.has(`${detection.offset} ${end}`);
  });
}

/** Drops an encrypted key without a name that lies inside something larger: a keystore's entries are the keystore's. */
function withoutAbsorbed(detections: readonly Detection[]): Detection[] {
  const sorted = [...detections].sort(byPlace);
  let container: Detection | undefined;
  return sorted.filter((detection) => {
    const end = detection.offset + detection.length;
    const inside = container !== undefined && end <= container.offset + container.length;
    if (inside && isEncrypted(detection) && detection.key?.spkiSha256 === undefined) {
      return detection.length === container?.length;
    }
    if (container === undefined || end > container.offset + container.length) container = detection;
    return true;
  });
}

/**
 * Drops a credential that lies where something better proven does, or something larger that is as well proven: a token
 * that is also the value of an assignment, or a part of a longer one. Where the other stands is told of what stays.
 */
function withoutShadowed(detections: readonly Detection[]): Detection[] {
  const sorted = [...detections].sort(byPlace);
  const dropped = new Set<Detection>();
  const contexts = new Map<Detection, string>();
  sorted.forEach((detection, index) => {
    const end = detection.offset + detection.length;
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next] as Detection;
      if (other.offset >= end) break;
      if (other.offset >= end - SHARED && other.offset + other.length > end) continue;
      const weaker = weakerOf(detection, other);
      if (weaker === undefined) continue;
      dropped.add(weaker);
      if (weaker.context !== undefined) contexts.set(weaker === other ? detection : other, weaker.context);
    }
  });
  if (dropped.size === 0) return [...detections];
  return detections
    .filter((detection) => !dropped.has(detection))
    .map((detection) => {
      const context = detection.context ?? contexts.get(detection);
      return context === undefined ? detection : { ...detection, context };
    });
}

/** Bytes that two tokens side by side may share: in base64 one digit, which has bits of both. */
const SHARED = 2;

/** Of two that overlap, `first` the earlier or longer; undefined where both stay: neither is a credential. */
function weakerOf(first: Detection, second: Detection): Detection | undefined {
  const [a, b] = [CONFIDENCES.indexOf(first.confidence), CONFIDENCES.indexOf(second.confidence)];
  if (first.title !== undefined && (b < a || (b === a && isSamePlace(first, second) && isWorse(second, first))))
    return first;
  return second.title !== undefined && a <= b ? second : undefined;
}

function isSamePlace(a: Detection, b: Detection): boolean {
  return a.offset === b.offset && a.length === b.length;
}

function isWorse(a: Detection, b: Detection): boolean {
  return severityRank(a.severity) < severityRank(b.severity);
}

function locate(place: Detection, regions: RegionIndex, container: string | undefined): Location {
  const [first, ...also] = regions.locate(place);
  return {
    part: place.part,
    offset: place.offset,
    length: place.length,
    ...first,
    ...(container !== undefined && { container }),
    ...(also.length > 0 && { also }),
  };
}
