/**
 * CRC-32C (Castagnoli), reflected polynomial 0x82f63b78, eight bytes at a time: one table for each of them.
 *
 * @see RFC 3720, appendix B.4; Kounavis & Berry 2005, "slicing-by-8"
 */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  let i = 0;
  for (; i + 8 <= data.length; i += 8) {
    crc ^= data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    crc =
      table7[crc & 0xff]! ^
      table6[(crc >>> 8) & 0xff]! ^
      table5[(crc >>> 16) & 0xff]! ^
      table4[crc >>> 24]! ^
      table3[data[i + 4]!]! ^
      table2[data[i + 5]!]! ^
      table1[data[i + 6]!]! ^
      table0[data[i + 7]!]!;
  }
  for (; i < data.length; i++) crc = table0[(crc ^ data[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The CRC-32C of a file in 8 hexadecimal digits: a model keeps those of the files it was saved with, so that another's is noticed. */
export function fingerprint(content: Uint8Array | string): string {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return crc32c(bytes).toString(16).padStart(8, '0');
}

const table0 = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The same with one more byte of zeros behind. */
const nextTable = (table: Uint32Array) => table.map((crc) => table0[crc & 0xff]! ^ (crc >>> 8));
const table1 = nextTable(table0);
const table2 = nextTable(table1);
const table3 = nextTable(table2);
const table4 = nextTable(table3);
const table5 = nextTable(table4);
const table6 = nextTable(table5);
const table7 = nextTable(table6);
