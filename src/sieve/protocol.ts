/**
 * The messages between the engine and its workers. A task names a slot and says where the window's bytes come from; the
 * answer holds public facts only. Bytes of the dump never travel in a message.
 */
import type { RuleSource } from '../detect/credentials/rule.js';
import type { Effort } from '../relate/bounds.js';
import type { SwappedWord } from '../relate/limbs.js';
import type { RelateOrder } from '../relate/relate.js';
import type { TokenOrder } from '../relate/tokens/relate-tokens.js';
import type { CertificateSighting, Detection, Skipped, Span } from '../types.js';
import type { KernelKind } from './kernel.js';
import type { Part } from './parts.js';
import type { Slot } from './slot.js';

/** Given once to each worker. */
export interface WorkerSetup {
  readonly kernel: KernelKind | 'auto';
  readonly credentials: CredentialSetup;
}

/** Which rules of credentials to look by. */
export interface CredentialSetup {
  /** Those that come with dumpsieve. */
  readonly shipped: boolean;
  /** The user's own. */
  readonly more: readonly RuleSource[];
}

/** What a worker answers: the result of the task, and how it did in the part of the self-test that belongs to it. */
export interface Answer<Result> {
  readonly result: Result;
  readonly part: Part;
  readonly selfTest: SelfTest;
}

export interface SelfTest {
  readonly planted: number;
  /** Rules whose specimens were not found. */
  readonly missed: readonly string[];
}

/** Ranges of a window whose words are aligned by address: `from` is the first byte of a word. */
export type Grid = ReadonlyArray<{ readonly from: number; readonly to: number }>;

/** Pages of a machine's memory within a window: the first begins at `from`, and has this number. */
export interface PageRange {
  readonly from: number;
  readonly to: number;
  readonly page: number;
}

/**
 * Scan one window. The window is `pieces` laid end to end: one piece for a plain chunk; several where memory that is
 * contiguous by address lies apart in the file.
 */
export interface ScanTask {
  readonly slot: Slot;
  /** Read the pieces from this descriptor into the slot; absent when the slot has been filled already. */
  readonly fd?: number;
  /** Spans of the dump, in the order of the window. */
  readonly pieces: readonly Span[];
  /** Only anchors that start in `[from, to)` of the window are this task's. */
  readonly from: number;
  readonly to: number;
  /**
   * Set for a window of several pieces: report only what crosses from one to the next, the rest is found where it lies
   * whole. The number is the offset under which its candidates for numbers are stored; `pieces` tell where they are.
   */
  readonly joined?: number;
  /** Where candidates for numbers go, if they are wanted. */
  readonly numbers?: SharedArrayBuffer;
  readonly grid?: Grid;
  /** Where to look for top page tables and process structures. */
  readonly pages?: readonly PageRange[];
  /** Bytes of a word, of a machine that stores the most significant byte first. */
  readonly swappedWord?: SwappedWord;
  /** SubjectPublicKeyInfo of keys to look for at every byte. */
  readonly hunted?: readonly Uint8Array[];
  /** Which bounds the search for numbers has. */
  readonly effort?: Effort;
  /** Take a sample of entropy at each multiple of this offset; none when absent. */
  readonly cell?: number;
}

/** Relate the numbers of one dump, when all its windows have been scanned. */
export interface RelateTask extends RelateOrder {
  readonly numbers: SharedArrayBuffer;
}

/** Relate the signed tokens of one dump, when its numbers have been related. */
export interface TokenTask extends TokenOrder {
  readonly numbers: SharedArrayBuffer;
}

export interface ScanResult {
  /** Offsets are those of the dump. */
  readonly detections: readonly Detection[];
  readonly certificates: readonly CertificateSighting[];
  /** SubjectPublicKeyInfo of every public key seen, those of the certificates too. */
  readonly publicKeys: readonly Uint8Array[];
  /** SubjectPublicKeyInfo of the private keys that were found in the clear. */
  readonly signers: readonly Uint8Array[];
  /** How many signed tokens were stored. */
  readonly tokens: number;
  /** Offsets of structures of Kerberos whose addresses are to be followed (relate/kerberos-creds.ts). */
  readonly structures: readonly number[];
  /** Offsets of pages that look like top page tables of processes. */
  readonly topTables: readonly number[];
  /** Offsets of what may be process structures of Windows. */
  readonly processes: readonly number[];
  /** Offsets of what may be the end of a shielded SSH key's structure (relate/closed-shields.ts). */
  readonly shieldTails: readonly number[];
  /** Parts of `[from, to)` that could not be read or judged. */
  readonly skipped: readonly Skipped[];
  readonly entropy?: EntropySamples;
}

/** Bits of entropy per byte of the samples at `first`, `first + cell`, and so on. */
export interface EntropySamples {
  readonly first: number;
  readonly cell: number;
  readonly bits: readonly number[];
}
