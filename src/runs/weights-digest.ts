import { createHash } from 'node:crypto';
import type { SafeTensor } from '../files/safetensors.js';

/**
 * SHA-256, in hexadecimal, of a network's weights and running statistics: of names, shapes and values in name
 * order, independent of the file's layout and other contents.
 */
export function weightsDigest(weights: ReadonlyMap<string, SafeTensor>): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { shape, values } = weights.get(name) as SafeTensor;
    hash.update(`${name} [${shape.join()}]\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
