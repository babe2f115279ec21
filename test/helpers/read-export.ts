import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployed } from '../../src/deployment/deploy.js';
import type { DeployedStep, DeployedTensor } from '../../src/deployment/network.js';
import { decodeSafetensors } from '../../src/files/safetensors.js';
import { product } from '../../src/nn/shapes.js';

interface NetworkFile {
  readonly input: { readonly shape: number[] };
  readonly network: string;
  readonly steps: DeployedStep[];
}

/** Read an export in the safetensors format from its two files alone, and unpack its packed weights. */
export async function readExport(folder: string): Promise<Deployed> {
  const json = await readFile(join(folder, 'network.json'), 'utf8');
  const { input, network, steps } = JSON.parse(json) as NetworkFile;
  const bytes = await readFile(join(folder, 'network.safetensors'));
  const tensors = Object.fromEntries(decodeSafetensors(bytes, 'network.safetensors')) as Record<
    string,
    DeployedTensor
  >;
  const unpackAll = (list: readonly DeployedStep[]) => {
    for (const step of list) {
      if (step.type === 'residual') {
        unpackAll(step.branch);
        unpackAll(step.shortcut);
      }
      if (!('weightShape' in step && 'weight' in step)) continue;
      const shape = step.weightShape as number[];
      const values = unpacked(tensors[step.weight]?.values ?? [], step.weightBits ?? NaN);
      tensors[step.weight] = { shape, values: values.slice(0, product(shape)) };
    }
  };
  unpackAll(steps);
  return { network: { name: network, imageShape: input.shape, steps }, tensors };
}

/** Unpack signed integers of 2 or 4 bits, including those that pad the last byte. */
export function unpacked(bytes: ArrayLike<number>, bits: number): Int8Array {
  const each = 8 / bits;
  return Int8Array.from({ length: bytes.length * each }, (_, at) => {
    const own = ((bytes[Math.floor(at / each)] ?? 0) >> (bits * (at % each))) & (2 ** bits - 1);
    return own >= 2 ** (bits - 1) ? own - 2 ** bits : own;
  });
}
