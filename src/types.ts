/**
 * The types of the pipeline, one per stage, in the order of the data:
 * region (dump map) -> hit (sieve) -> parsed secret (detect) -> detection (prove) -> finding (findings) -> report.
 *
 * Offsets and lengths are bytes in the outermost uncompressed dump and are safe integers; spans are half-open.
 * Addresses are virtual addresses and are `bigint`, so that the two can never be mixed up.
 */

import type { Joins } from './joins.js';
import type { PrivateKey, PublicKey } from './key-types.js';
import type { Picture } from './picture.js';

export type * from './key-types.js';

/** A virtual address in the dumped process. */
export type Address = bigint;

/** An address in the memory of the machine, before any page table. */
export type PhysicalAddress = bigint;

/** `length` bytes from `offset`; the byte at `offset + length` is outside. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

// ── dump map ────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What a range of the dump was in the process. `metadata` is the dump format's own bytes (headers, notes, streams),
 * `physical` the memory of a machine in the order of its physical addresses.
 */
export type RegionKind =
  | 'heap'
  | 'stack'
  | 'module'
  | 'mapped-file'
  | 'anonymous'
  | 'vdso'
  | 'metadata'
  | 'physical'
  | 'gap'
  | 'raw';

/** A run of dump bytes with one meaning. Regions may overlap: a minidump's stacks repeat its memory list. */
export interface Region extends Span {
  readonly kind: RegionKind;
  /** Address of the first byte, where the format tells it. */
  readonly address?: Address;
  /** Physical address of the first byte, in the memory of a machine. */
  readonly physical?: PhysicalAddress;
  /** Path of the mapped file or module. */
  readonly module?: string;
  /** Thread id, for stacks and contexts. */
  readonly thread?: number;
  /** `rwx` letters where the format tells them, `-` for an absent right. */
  readonly protection?: string;
  /** One object of a managed heap: what follows by address is another, and nothing crosses from one to the next. */
  readonly alone?: boolean;
}

export interface Module {
  readonly name: string;
  readonly address: Address;
  readonly length: bigint;
  readonly version?: string;
}

export interface Thread {
  readonly id: number;
  readonly name?: string;
  readonly stackPointer?: Address;
}

/** Memory that the dump declares and does not hold. */
export interface Hole {
  readonly address: Address;
  readonly length: bigint;
}

/** Everything that a format's parser learns about a dump. */
export interface DumpMap {
  /** `elf-core`, `minidump`, `raw`, or the name of a recognised format or wrapper that is not opened. */
  readonly format: string;
  /** One line each, for `inspect`: machine, bits, byte order, process, time, and so on. Never memory contents. */
  readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
  /** Sorted by offset. May overlap; need not cover the file: what no region covers is scanned as a gap. */
  readonly regions: readonly Region[];
  readonly modules: readonly Module[];
  readonly threads: readonly Thread[];
  readonly holes: readonly Hole[];
  /** Bytes of a word on a machine that stores the most significant byte first; absent for all others. */
  readonly swappedWord?: 4 | 8;
  /** Physical address of a top page table of x86-64, where the dump tells of one. */
  readonly topTable?: Address;
  /** Where the file would end if it were whole. Larger than the file when it is truncated. */
  readonly declaredSize: number;
  /** Warnings about the map. One with `incomplete` set keeps the dump from being called clean. */
  readonly warnings: readonly Warning[];
  /**
   * Tells of single places what regions cannot: which object of a managed heap holds a byte. Reads the dump once more
   * from the front, and again for what refers to that object: `dump` begins anew each time it is iterated. `offsets`
   * ascend. Not called for a dump without findings, nor for a pipe.
   */
  readonly attribute?: (
    dump: AsyncIterable<Uint8Array>,
    offsets: readonly number[],
  ) => Promise<ReadonlyMap<number, Attribution>>;
  /**
   * Finds what belongs together in memory and lies apart in the dump, where the format itself tells: strings in pieces.
   * Reads the dump from the front, twice; `dump` begins anew each time it is iterated. Not called for a pipe.
   */
  readonly joins?: (dump: AsyncIterable<Uint8Array>) => Promise<Joins>;
}

/** What holds a byte. Names come from the dump and are no memory contents: classes, node types, processes. */
export interface Attribution {
  /** E.g. `byte[] of java.lang.String`, or a V8 node type. */
  readonly object?: string;
  /** The process whose address space it is, in the memory of a machine. */
  readonly process?: string;
}

/** A coded remark on an input. The message holds no byte of the dump's memory. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  /** Set when the dump cannot be called completely scanned because of this. */
  readonly incomplete: boolean;
}

// ── what parsers make of the bytes (inside a worker only) ───────────────────────────────────────────────────────────

/**
 * What a parser makes of one whole structure, before proof. It holds secret values and stays in the worker.
 * `form` is the human name of the encoding, e.g. `PKCS#8 DER`; it becomes the `part` of the location.
 */
export type ParsedSecret =
  | {
      readonly kind: 'private-key';
      readonly form: string;
      /** Bytes of the input that the structure takes. */
      readonly length: number;
      readonly key: PrivateKey;
      /** False when the structure was cut or damaged and only parts were read. */
      readonly whole: boolean;
      /** The structure carries its own passed integrity check (an OpenSSH check pair, an OpenPGP checksum). */
      readonly checked?: string;
      readonly notes?: readonly string[];
    }
  | {
      readonly kind: 'encrypted-key';
      readonly form: string;
      readonly length: number;
      /** Cipher and KDF, e.g. `PBES2 aes-256-cbc, PBKDF2`. */
      readonly protection: string;
      /** The public half, where the structure carries it in the clear. */
      readonly publicKey?: PublicKey;
      /** Identifies the structure when there is no public key: its ciphertext or salt. Hashed before it leaves. */
      readonly identity: Uint8Array;
      readonly notes?: readonly string[];
    }
  | {
      readonly kind: 'credential';
      readonly form: string;
      readonly length: number;
      readonly title: string;
      readonly severity: Severity;
      readonly confidence: Confidence;
      /** The secret part as text: not the name that it is assigned to. Hashed before it leaves. */
      readonly material: string;
      /** People may have chosen it: its fingerprint must cost time to guess. */
      readonly guessable: boolean;
      readonly notes?: readonly string[];
      /** Where in the program's data it stands, e.g. `environment variable API_TOKEN`. Public. */
      readonly context?: string;
    };

// ── detections: what leaves a worker ────────────────────────────────────────────────────────────────────────────────

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export type Confidence = 'proven' | 'parsed' | 'pattern' | 'heuristic';

/** Public facts about a key. Field names are part of the JSON contract. */
export interface KeyIdentity {
  readonly algorithm: string;
  readonly bits?: number;
  readonly curve?: string;
  readonly spkiSha256?: string;
  readonly jwkThumbprint?: string;
  readonly sshFingerprint?: string;
  readonly certificates?: readonly CertificateName[];
  /** Name and source of a published test key, when it is one. */
  readonly known?: string;
}

export interface CertificateName {
  readonly subject: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly sha256: string;
}

/** One place where a detector found and judged a secret. Public facts only: it crosses to the main thread. */
export interface Detection extends Span {
  readonly rule: string;
  readonly part: string;
  /** Of a credential, whose rules are not known to every stage. */
  readonly title?: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Identity of the secret, independent of path and offset: 64 lowercase hex digits. */
  readonly fingerprint: string;
  readonly key?: KeyIdentity;
  readonly evidence: readonly string[];
  /** Where a credential stands, which is also evidence of whatever else is found there. */
  readonly context?: string;
  /** One piece of a structure that lies apart in the dump: what follows this one is elsewhere. */
  readonly goesOn?: true;
}

/** A certificate seen in the dump (public data), to name keys by. */
export interface CertificateSighting {
  readonly sha256: string;
  readonly spkiSha256: string;
  /** The certificate's DER. */
  readonly der: Uint8Array;
  /** Its SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
}

// ── findings and reports (names are the JSON contract, see report/json.ts) ──────────────────────────────────────────

export interface Location extends Span, Attribution {
  readonly part: string;
  /** `0x` and lowercase hex. */
  readonly address?: string;
  /** The physical address, likewise. */
  readonly physical?: string;
  readonly region?: string;
  readonly module?: string;
  readonly thread?: number;
  readonly container?: string;
  /** The same bytes under further addresses or in further threads. */
  readonly also?: ReadonlyArray<Pick<Location, 'address' | 'physical' | 'region' | 'module' | 'thread' | 'process'>>;
}

export interface Finding {
  /** Stable: the same secret has the same id in every dump, at every offset. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly key?: KeyIdentity;
  readonly evidence: readonly string[];
  readonly locations: readonly Location[];
  /** Locations beyond the limit, counted and not listed. */
  readonly moreLocations?: number;
  /** Set when a baseline waives the finding; it then does not count for the verdict. */
  readonly waived?: { readonly reason: string; readonly expires?: string };
}

export interface Skipped extends Span {
  readonly reason: string;
}

/** `scanned + holes + Σ skipped.length = bytes`. Holes: memory that the dump declares and does not hold. */
export interface Coverage {
  readonly bytes: number;
  readonly scanned: number;
  readonly holes: number;
  readonly skipped: readonly Skipped[];
}

export type Verdict = 'clean' | 'findings' | 'incomplete' | 'error';

/** Whose crash a dump is, as its name or the files beside it tell. */
export interface Crash {
  readonly tool: 'abrt' | 'systemd-coredump';
  /** Its path, or the name that the kernel has for it. */
  readonly program: string;
  readonly pid?: number;
  /** E.g. SIGSEGV. */
  readonly signal?: string;
}

export interface InputReport {
  /** As the user named it; `-` for standard input; `archive!/member` for a dump within an archive. */
  readonly path: string;
  /** The outermost file, where `path` names a dump within an archive. */
  readonly file?: string;
  readonly size: number;
  readonly format: string;
  /** What the dump was unpacked from, outermost first. */
  readonly wrappers: readonly string[];
  readonly crash?: Crash;
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Warning[];
  /** Only where it was asked for, and for inputs that are not simply clean. Not part of the JSON contract. */
  readonly picture?: Picture;
}

export interface ScanReport {
  readonly schema: 'dumpsieve.report/1';
  readonly tool: { readonly name: 'dumpsieve'; readonly version: string; readonly ruleset: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly selfTest: { readonly planted: number; readonly found: number };
  readonly inputs: readonly InputReport[];
  readonly summary: {
    readonly inputs: number;
    readonly clean: number;
    readonly findings: number;
    readonly incomplete: number;
    readonly errors: number;
    readonly bytes: number;
    readonly seconds: number;
  };
}
