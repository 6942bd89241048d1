/**
 * AVML snapshots (microsoft/avml, src/image.rs and src/io/snappy.rs): blocks, each a header, a Snappy stream in frames
 * (google/snappy, framing_format.txt), and the length of that stream as u64. All little-endian. What is not compressed has
 * LiME's header instead, with which AVML's own differs in magic and version only.
 */

/** Header: u32 magic, u32 version, u64 first address, u64 last address (inclusive), u64 zero. */
export const HEADER = { length: 32, magic: 0, version: 4, start: 8, last: 16, padding: 24 } as const;
export const AVML = { magic: 0x4c4d5641, version: 2 } as const;
export const LIME = { magic: 0x4c694d45, version: 1 } as const;
/** Behind the frames. */
export const TRAILER = 8;

/** A frame: one byte of type, three of length. */
export const FRAME = { header: 4, compressed: 0, plain: 1, firstSkippable: 0x80, identifier: 0xff } as const;
/** Before the data: CRC-32C of what it unpacks to, masked. */
export const CHECKSUM = 4;
/** A frame unpacks to no more, and compressed data is no longer than Snappy's bound for it. */
export const MAX_UNPACKED = 65536;
export const MAX_PACKED = CHECKSUM + 32 + MAX_UNPACKED + Math.floor(MAX_UNPACKED / 6);
