import type { IntegerNetwork, IntegerStep, Integers, Summand, SumStep } from '../network.js';
import { runLayer } from './layer.js';
import { runPool } from './pool.js';
import { rescalePixel } from './rescale.js';

/** Receives the output of each layer and sum: integers of one image, channels last. */
export type Trace = (name: string, integers: Integers) => void;

/**
 * Run a network on one image in integer arithmetic only, which test/deployment/integer enforces for this
 * folder. Doubles hold integers of at most 53 bits, as `planIntegers` guarantees.
 *
 * @param pixels of the image, from 0 to 255, channels last
 * @returns integers proportional to the logits
 */
export function runIntegers(
  { steps }: IntegerNetwork,
  pixels: Uint8Array,
  trace: Trace = () => undefined,
): Integers {
  return runAll(steps, Int32Array.from(pixels));

  function runAll(steps: readonly IntegerStep[], x: Integers): Integers {
    return steps.reduce(runStep, x);
  }

  function runStep(x: Integers, step: IntegerStep): Integers {
    switch (step.type) {
      case 'layer':
      case 'add': {
        const out = step.type === 'layer' ? runLayer(step, x) : runSum(step, x);
        trace(step.name, out);
        return out;
      }
      case 'max':
      case 'sum':
      case 'mean':
        return runPool(step, x);
    }
  }

  function runSum({ summands, outputShape, rescale }: SumStep, x: Integers): Integers {
    const [height, width, channels] = outputShape;
    const pixels = height * width;
    const sums = new Float64Array(pixels * channels);
    for (const summand of summands) add(summand, runAll(summand.steps, x), sums, pixels, channels);
    const out = new Int32Array(sums.length);
    for (let pixel = 0; pixel < pixels; pixel++) {
      rescalePixel(rescale, sums, pixel * channels, pixel, out, pixel * channels);
    }
    return out;
  }
}

/** Add a summand in the sum's format. */
function add(
  { rescale, places }: Summand,
  x: Integers,
  sums: Float64Array,
  pixels: number,
  channels: number,
): void {
  const own = places.length;
  const inFormat = rescale ? new Float64Array(x.length) : x;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * own;
    if (rescale) rescalePixel(rescale, x, from, pixel, inFormat, from);
    places.forEach((place, at) => {
      const to = pixel * channels + place;
      sums[to] = (sums[to] as number) + (inFormat[from + at] as number);
    });
  }
}
