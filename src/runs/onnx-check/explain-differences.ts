import { setImmediate } from 'node:timers/promises';
import { withIntegers } from '../../deployment/onnx/with-integers.js';
import { product } from '../../nn/shapes.js';
import type { StoredRun } from '../read-run.js';
import { deployRun } from '../export-run.js';
import { explain, type Explanation, type FileIntegers } from './explain.js';
import { reference } from './reference.js';
import type { Session } from './sessions.js';

/** An image that is classified differently, by its index in the data, and the reason. */
export type Explained = Explanation & { readonly image: number };

export interface Differences {
  readonly run: StoredRun;
  readonly file: Uint8Array;
  /** All images, in the batches of the evaluation. */
  readonly batches: Iterable<Float32Array>;
  /** Predicted class of each image, by the evaluation and by the file. */
  readonly evaluated: readonly number[];
  readonly found: readonly number[];
  readonly open: (file: Uint8Array) => Promise<Session>;
  readonly signal: AbortSignal;
}

/** Find the first quantizer that rounds differently, for each image classified differently: see `explain`. */
export async function explainDifferences({
  run,
  file,
  batches,
  evaluated,
  found,
  open,
  signal,
}: Differences): Promise<Explained[]> {
  const differs = (image: number) => found[image] !== evaluated[image];
  if (!found.some((_, image) => differs(image))) return [];
  const { bytes, integers } = withIntegers(file);
  const channels = keptChannelsOf(run);
  const session = await open(bytes);
  const explained: Explained[] = [];
  try {
    let from = 0;
    for (const images of batches) {
      await setImmediate();
      signal.throwIfAborted();
      const count = images.length / product(run.plan.imageShape);
      const shown = Array.from({ length: count }, (_, at) => at).filter((at) => differs(from + at));
      if (shown.length > 0) {
        // The whole batch, since the order of additions depends on the batch size.
        const ofFile = await session.run(images);
        const expected = reference(run, images, shown);
        shown.forEach((place, at) => {
          const own = integers.map(({ name, layer, zeroPoint }): FileIntegers => {
            const values = ofFile[name] as Uint16Array;
            const size = values.length / count;
            return {
              layer,
              channels: channels.get(layer) ?? [],
              values: Float32Array.from(
                values.subarray(place * size, (place + 1) * size),
                (value) => value - zeroPoint,
              ),
            };
          });
          const image = from + place;
          const classes = [evaluated[image] ?? NaN, found[image] ?? NaN] as const;
          explained.push({ ...explain(expected, own, at, classes), image });
        });
      }
      from += count;
    }
  } finally {
    await session.release();
  }
  return explained;
}

/** The exported channels of each layer and sum. */
function keptChannelsOf(run: StoredRun): Map<string, readonly number[]> {
  const { network } = deployRun(run);
  const channels = new Map<string, readonly number[]>();
  const add = (steps: typeof network.steps) => {
    for (const step of steps) {
      if ('channels' in step && 'name' in step) channels.set(step.name, step.channels);
      if (step.type === 'residual') {
        add(step.branch);
        add(step.shortcut);
      }
    }
  };
  add(network.steps);
  return channels;
}
