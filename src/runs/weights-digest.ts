import { createHash } from 'node:crypto';
import type { SafeTensor } from '../files/safetensors.js';

/**
 * SHA-256 of a network's weights and statistics, in hexadecimal: of their names, shapes and values, in
 * the order of their names. Neither the file's layout decides it nor what else is in the file.
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
