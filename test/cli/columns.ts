/** Archives that say otherwise than they were written how their numbers lie. */
import { crc32 } from 'node:zlib';

/** An archive of one array, which now says that its numbers stand in Fortran order. */
export function asColumns(archive: Uint8Array): Uint8Array {
  const bytes = Buffer.from(archive);
  bytes.write('True ,', bytes.indexOf('False,'), 'latin1');
  const [member, directory] = [
    bytes.indexOf('\x93NUMPY', undefined, 'latin1'),
    bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1'),
  ];
  const sum = crc32(bytes.subarray(member, directory));
  bytes.writeUInt32LE(sum, 14);
  bytes.writeUInt32LE(sum, directory + 16);
  return bytes;
}
