import { deflate } from "./deflate.ts";

// RFC 1952: magic, Deflate, no flags, no time, best compression, no word about the system
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff]);

/**
 * `data` in gzip format; the same bytes on every machine, for ever. Why not `node:zlib`: nobody promises its bytes, and
 * they do change with its version and the processor. One changed byte of user data means a new instance to AWS.
 */
export function gzip(data: Uint8Array): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length, 4);
  return Buffer.concat([HEADER, deflate(data), trailer]);
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
