/** JSON Web Signatures in compact form (RFC 7515 section 7.1), whose payload is JSON: JSON Web Tokens (RFC 7519). */

export type JsonObject = Readonly<Record<string, unknown>>;

export interface CompactJws {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** `alg` of the header: letters, digits and `-` (RFC 7518 section 3.1). */
  readonly algorithm: string;
  /** The text that is signed: header and payload in base64url, and the dot between them. */
  readonly signed: string;
  /** In base64url. */
  readonly signature: string;
}

/** Undefined where the text is none, or names no algorithm. */
export function readCompactJws(text: string): CompactJws | undefined {
  const [head = '', body = '', signature = '', ...more] = text.split('.');
  const header = jsonObjectOf(head);
  const claims = header && jsonObjectOf(body);
  const algorithm = header?.alg;
  if (header === undefined || claims === undefined || more.length > 0) return undefined;
  if (typeof algorithm !== 'string' || !/^[A-Za-z0-9-]{1,32}$/.test(algorithm)) return undefined;
  return { header, claims, algorithm, signed: `${head}.${body}`, signature };
}

/** The object that starts the text in base64 of either alphabet, and nothing but padding behind it. */
export function jsonObjectOf(digits: string): JsonObject | undefined {
  try {
    const text = Buffer.from(digits.split(/[^A-Za-z0-9+/_-]/)[0] ?? '', 'base64').toString('utf8');
    const value: unknown = JSON.parse(text.slice(0, text.lastIndexOf('}') + 1));
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
