import { sha256Of } from '../files/checksum.js';
import type { Dataset, Split } from './dataset.js';

/** SHA-256 in hexadecimal of a split's images and of its labels, in memory order. */
export interface SplitDigests {
  readonly images: string;
  readonly labels: string;
}

/** The digests of both splits. Equal digests mean equal data, whatever the files. */
export interface DataDigests {
  readonly training: SplitDigests;
  readonly test: SplitDigests;
}

export function dataDigests({ train, test }: Pick<Dataset, 'train' | 'test'>): DataDigests {
  return { training: digestsOf(train), test: digestsOf(test) };
}

function digestsOf({ images, labels }: Split): SplitDigests {
  return { images: sha256Of(images), labels: sha256Of(labels) };
}
