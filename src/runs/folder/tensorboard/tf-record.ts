import crc32c from 'crc-32/crc32c.js';

/**
 * Data as a record of a TFRecord file: its length in 64 bits, that length's checksum, the data, their
 * checksum, all in little endian.
 *
 * Source: "TFRecord and tf.train.Example" at tensorflow.org, on the format.
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(12 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/**
 * CRC-32C, turned right by 15 bits and moved by a constant: a checksum of data that hold checksums is
 * weak if they are stored as they are.
 */
export function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c.buf(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
