import crc32 from 'crc-32';

/** End of a PNG header: the signature, and the chunk IHDR of 13 bytes. */
const afterHeader = 8 + 12 + 13;
const metersPerInch = 0.0254;

/** Add the resolution to a PNG, so that documents show it at its own size (chunk pHYs, PNG 11.3.4.3). */
export function withPixelsPerInch(png: Buffer, pixelsPerInch: number): Buffer {
  const chunk = Buffer.alloc(12 + 9);
  const pixelsPerMeter = Math.round(pixelsPerInch / metersPerInch);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  chunk.writeUInt32BE(pixelsPerMeter, 8);
  chunk.writeUInt32BE(pixelsPerMeter, 12);
  // Unit: meters.
  chunk.writeUInt8(1, 16);
  chunk.writeInt32BE(crc32.buf(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)]);
}
