import { setImmediate } from 'node:timers/promises';
import type { Dataset, Split } from '../../data/dataset.js';
import type { IntegerNetwork } from '../../deployment/integer/network.js';
import { runIntegers } from '../../deployment/integer/run/network.js';
import { product } from '../../nn/shapes.js';
import { batchesOf } from '../onnx-check/batches.js';
import { explain, type Explanation, type FileIntegers } from '../onnx-check/explain.js';
import { reference } from '../onnx-check/reference.js';
import type { StoredRun } from '../read-run.js';

/** An image that is classified differently, by its index in the data, and the reason. */
export type ExplainedImage = Explanation & {
  readonly image: number;
  readonly evaluatedClass: number;
  readonly integerClass: number;
};

export interface Differences {
  readonly run: StoredRun;
  readonly network: IntegerNetwork;
  readonly dataset: Dataset;
  readonly split: Split;
  /** Predicted class of each image, by the evaluation and in integers. */
  readonly evaluated: readonly number[];
  readonly found: readonly number[];
  readonly signal: AbortSignal;
}

/** Find the first quantizer that rounds differently, for each image classified differently: see `explain`. */
export async function explainIntegers(differences: Differences): Promise<ExplainedImage[]> {
  const { run, network, dataset, split, evaluated, found, signal } = differences;
  const differs = (image: number) => found[image] !== evaluated[image];
  if (!found.some((_, image) => differs(image))) return [];
  const size = product(dataset.imageShape);
  const explained: ExplainedImage[] = [];
  let from = 0;
  for (const images of batchesOf(dataset, split)) {
    await setImmediate();
    signal.throwIfAborted();
    const count = images.length / size;
    const shown = Array.from({ length: count }, (_, at) => at).filter((at) => differs(from + at));
    if (shown.length > 0) {
      // The whole batch, since the order of additions depends on the batch size.
      const expected = reference(run, images, shown);
      shown.forEach((place, at) => {
        const image = from + place;
        const pixels = split.images.subarray(image * size, (image + 1) * size);
        const classes = [evaluated[image] ?? NaN, found[image] ?? NaN] as const;
        const why = explain(
          expected,
          quantizersOf(network, pixels),
          at,
          classes,
          network.logits.rounding,
        );
        explained.push({ ...why, image, evaluatedClass: classes[0], integerClass: classes[1] });
      });
    }
    from += count;
  }
  return explained;
}

/** The quantizers' integers for an image, in order of computation. */
function quantizersOf(network: IntegerNetwork, pixels: Uint8Array): FileIntegers[] {
  const all: FileIntegers[] = [];
  runIntegers(network, pixels, (layer, integers) => {
    const rounding = network.roundings.get(layer);
    if (!rounding) return;
    const { channels, steps } = rounding;
    const count = channels.length;
    const pixelCount = integers.length / count;
    const values = integers.map((_, at) => {
      return integers[(at % pixelCount) * count + Math.floor(at / pixelCount)] ?? NaN;
    });
    all.push({ layer, channels, values, rounding: steps });
  });
  return all;
}
