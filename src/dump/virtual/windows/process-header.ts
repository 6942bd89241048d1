/**
 * Recognises the process structure of Windows (EPROCESS) in a page of a machine's memory, by its beginning: KPROCESS has
 * its first 64 bytes in common from Windows 7 SP1 to 11 24H2, on x86-64 (the headers of ntdiff/headers and of the
 * Vergilius Project, written from Microsoft's symbols):
 *
 * ```
 * 00 DISPATCHER_HEADER: u8 Type (3, a process; bit 7 is its lock), u8, u8 Size (by build), u8, i32 SignalState
 * 08 LIST_ENTRY WaitListHead      18 LIST_ENTRY ProfileListHead
 * 28 u64 DirectoryTableBase       30 LIST_ENTRY ThreadListHead
 * ```
 *
 * A list that is empty leads to itself, and nobody profiles: the structure tells its own address.
 */
import { PAGE } from '../memory.js';

/** Where the fields are, in bytes. Addresses and DirectoryTableBase are u64, little-endian. */
export const HEADER = { signalState: 0x04, profileList: 0x18, directoryTable: 0x28, size: 0x40 } as const;

/** Object bodies begin at multiples of this. */
export const ALIGNMENT = 16;
const LAST = PAGE - HEADER.size + HEADER.profileList;

const PROCESS_OBJECT = 3;
const LOCK_BIT = 0x80;
/** Bits 12 to 51 of CR3 are the table's page; those below are flags and the PCID. */
const PAGE_MASK_HIGH = 0x000f_ffff;

/** The next place in a page, `start` being its first byte, at which a process structure can begin, all 64 bytes of it. */
export function nextHeader(view: DataView, start: number, from: number): number | undefined {
  for (let own = from + HEADER.profileList; own <= LAST; own += ALIGNMENT) {
    // The one compare that nearly nothing passes: all pages of a machine are tried, at each 16 bytes.
    if ((view.getInt32(start + own, true) & (PAGE - 1)) !== own) continue;
    if (isWholeHeader(view, start + own - HEADER.profileList)) return own - HEADER.profileList;
  }
  return undefined;
}

/** Whether a process structure can begin at `at`, which is `within` bytes from the start of its page. */
export function isProcessHeader(view: DataView, at: number, within: number): boolean {
  const own = view.getInt32(at + HEADER.profileList, true) & (PAGE - 1);
  return own === ((within + HEADER.profileList) & (PAGE - 1)) && isWholeHeader(view, at);
}

function isWholeHeader(view: DataView, at: number): boolean {
  const own = view.getUint32(at + HEADER.profileList, true);
  const ownHigh = view.getUint32(at + HEADER.profileList + 4, true);
  return (
    isKernelHigh(ownHigh) &&
    own === view.getUint32(at + HEADER.profileList + 8, true) &&
    ownHigh === view.getUint32(at + HEADER.profileList + 12, true) &&
    (view.getUint8(at) & ~LOCK_BIT) === PROCESS_OBJECT &&
    view.getUint32(at + HEADER.signalState, true) <= 1 &&
    [0x08, 0x10, 0x30, 0x38].every((list) => isKernelHigh(view.getUint32(at + list + 4, true))) &&
    directoryTableAt(view, at) > 0
  );
}

/** The upper word of an address in the upper half. */
function isKernelHigh(word: number): boolean {
  return word >>> 15 === 0x1_ffff;
}

/** Page number of the process's top table. */
export function directoryTableAt(view: DataView, at: number): number {
  const low = view.getUint32(at + HEADER.directoryTable, true) >>> 12;
  return (view.getUint32(at + HEADER.directoryTable + 4, true) & PAGE_MASK_HIGH) * 2 ** 20 + low;
}

/** The structure's own address, of one that is recognised. */
export function addressAt(view: DataView, at: number): bigint {
  return view.getBigUint64(at + HEADER.profileList, true) - BigInt(HEADER.profileList);
}
