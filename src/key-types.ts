/** Keys as parsers and provers hold them: secret values, which stay in the worker. */

export type NistCurve = 'P-256' | 'P-384' | 'P-521';
export type EcCurve = NistCurve | 'secp256k1';
export type OkpCurve = 'Ed25519' | 'X25519' | 'Ed448' | 'X448';
export type PqAlgorithm =
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'
  | 'ML-KEM-512'
  | 'ML-KEM-768'
  | 'ML-KEM-1024'
  | `SLH-DSA-${'SHA2' | 'SHAKE'}-${'128' | '192' | '256'}${'s' | 'f'}`;

/** RSA numbers as a structure gives them; any may be missing when the structure is damaged or cut. */
export interface RsaPrivateKey {
  readonly type: 'rsa';
  readonly n?: bigint;
  readonly e?: bigint;
  readonly d?: bigint;
  readonly p?: bigint;
  readonly q?: bigint;
  readonly dp?: bigint;
  readonly dq?: bigint;
  readonly qInv?: bigint;
  /** Primes from the third on, of a multi-prime key. */
  readonly otherPrimes?: readonly bigint[];
  /** The structure restricts the key to RSASSA-PSS. Named as the same public key. */
  readonly pss?: boolean;
  /** Leading bytes of d where the structure ends inside it: `bits` is the full bit length, `value` the top part. */
  readonly partialD?: { readonly top: bigint; readonly missingBits: number };
}

export interface DsaPrivateKey {
  readonly type: 'dsa';
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
  readonly y?: bigint;
  readonly x: bigint;
}

export interface EcPrivateKey {
  readonly type: 'ec';
  /** A curve that can be proven, or the dotted OID of another named curve (then the key is only parsed). */
  readonly curve: EcCurve | (string & {});
  readonly d: bigint;
  /** SEC1 point, uncompressed or compressed, where the structure carries it. */
  readonly publicPoint?: Uint8Array;
}

export interface OkpPrivateKey {
  readonly type: 'okp';
  readonly curve: OkpCurve;
  /** Ed25519/Ed448: the seed (32/57 bytes). X25519/X448: the scalar bytes (32/56), little-endian, clamped or not. */
  readonly secret: Uint8Array;
  readonly publicKey?: Uint8Array;
  /** Ed25519: `secret` is the clamped scalar that the seed hashes to, not the seed; `publicKey` is needed. */
  readonly expanded?: boolean;
}

export interface PqPrivateKey {
  readonly type: 'pq';
  readonly algorithm: PqAlgorithm;
  readonly seed?: Uint8Array;
  readonly expanded?: Uint8Array;
  readonly publicKey?: Uint8Array;
}

/** A secret without a public half that has a fixed meaning: JWK `oct`. */
export interface SymmetricKey {
  readonly type: 'symmetric';
  readonly secret: Uint8Array;
}

/** A private key of an algorithm that nothing here can check, as PKCS#8 wraps it. */
export interface OtherPrivateKey {
  readonly type: 'other';
  /** Dotted OID, or its name. */
  readonly algorithm: string;
  readonly secret: Uint8Array;
}

export type PrivateKey =
  | RsaPrivateKey
  | DsaPrivateKey
  | EcPrivateKey
  | OkpPrivateKey
  | PqPrivateKey
  | SymmetricKey
  | OtherPrivateKey;

export type PublicKey =
  | { readonly type: 'rsa'; readonly n: bigint; readonly e: bigint }
  | { readonly type: 'dsa'; readonly p: bigint; readonly q: bigint; readonly g: bigint; readonly y: bigint }
  | { readonly type: 'ec'; readonly curve: EcCurve; readonly point: Uint8Array }
  | { readonly type: 'okp'; readonly curve: OkpCurve; readonly publicKey: Uint8Array }
  | { readonly type: 'pq'; readonly algorithm: PqAlgorithm; readonly publicKey: Uint8Array };
