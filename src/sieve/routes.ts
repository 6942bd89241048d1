/** What a worker looks for: the anchors of all detectors, and the tables of the sieve that the build made for them. */
import { loadTables } from '../artifacts.js';
import { credentialDetector } from '../detect/credentials/detector.js';
import { loadShippedRules } from '../detect/credentials/shipped.js';
import type { Anchor, Detector } from '../detect/detector.js';
import { DETECTORS } from '../detect/registry.js';
import type { CredentialSetup } from './protocol.js';
import { digestOf, encodedLiteral } from './tables.js';

/** An anchor, and who judges it. Its place in the list is its id in the sieve. */
export interface Route {
  readonly anchor: Anchor;
  readonly detector: Detector;
}

export interface Routes {
  readonly routes: readonly Route[];
  /** Absent where the build made none for these anchors: with rules of the user's, or where it knew other detectors. */
  readonly tables?: Uint8Array;
}

/** Without rules of credentials their detector is left out, so that their anchors cost nothing. */
export async function loadRoutes({ shipped, more }: CredentialSetup): Promise<Routes> {
  const keys = routesOf(DETECTORS);
  const digest = digestOf(keys.map(({ anchor }) => anchor));
  const tables = more.length > 0 ? undefined : loadTables(shipped ? 'tables.bin' : 'tables-keys.bin', digest);
  if (!shipped && more.length === 0) return { routes: keys, tables };
  const built = shipped ? loadShippedRules() : undefined;
  const own = more.map(({ rule }) => rule);
  const needsRe2 = own.some((rule) => rule.kind === 'token' && rule.engine === 're2');
  const re2 = needsRe2 ? await import('../detect/credentials/re2.js') : undefined;
  // To make the anchors anew takes longer than to read them from the tables.
  const ready = tables && built?.tags.map((tag, id) => ({ tag, literal: encodedLiteral(tables, keys.length + id) }));
  const detector = credentialDetector([...(built?.rules ?? []), ...own], re2?.compileRe2, ready);
  return { routes: [...keys, ...routesOf([detector])], tables };
}

function routesOf(detectors: readonly Detector[]): Route[] {
  return detectors.flatMap((detector) => detector.anchors.map((anchor) => ({ anchor, detector })));
}
