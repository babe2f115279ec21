import crc32c from 'crc-32/crc32c.js';

/**
 * Encode data as a TFRecord: length (64 bits), checksum of the length, data, checksum of the data, all
 * little-endian.
 *
 * Source: "TFRecord and tf.train.Example" at tensorflow.org, section on the format.
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
 * CRC-32C, rotated right by 15 bits and offset by a constant: the CRC of data that contain their own CRC
 * would be weak.
 */
export function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c.buf(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
