import { UserError } from '../../errors.js';
import { typeOf, type WeightlessLayer } from '../../nn/layers/type-of.js';
import type { Deployed } from '../deploy.js';
import type { DeployedLayer, DeployedStep } from '../network.js';
import { bitsOf, valueBits, type Format } from './format.js';
import { gridOf } from './grid-of.js';
import type { Accumulator, IntegerNetwork, IntegerStep, Rounding } from './network.js';
import { planLayer, type Target } from './plan-layer.js';
import { planPool, planSubsample } from './plan-pool.js';
import { planSum } from './plan-sum.js';

/** Normalization of inputs: a pixel p of a channel is fed as `(p / 255 - mean) / std`. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Convert a deployed network to integer arithmetic, with bounds that prove the absence of overflow: see
 * docs/integers.md. Weights and activations have at most 16 bits (`requireIntegers`).
 *
 * @throws UserError if sums need more than 53 bits, a constant is not finite, or a layer is unsupported
 */
export function planIntegers(
  { network, tensors }: Deployed,
  images: Normalization,
): IntegerNetwork {
  const accumulators: Accumulator[] = [];
  const roundings = new Map<string, Rounding>();
  const { steps, output } = planAll(
    network.steps,
    pixelFormat(network.imageShape, images),
    'the images',
  );
  const [unit = NaN] = output.units;
  return { steps, accumulators, roundings, logits: { unit, rounding: output.error * unit } };

  /**
   * @param before name of the step whose output the first step reads; pools have no names of their own
   * @param target output unit of layers whose results are not rounded to a grid
   */
  function planAll(steps: readonly DeployedStep[], input: Format, before: string, target?: Target) {
    const planned: IntegerStep[] = [];
    let format = input;
    let read = before;
    for (const step of steps) {
      const next = planStep(step, format, read, target);
      if (next.step) planned.push(next.step);
      format = next.output;
      if ('name' in step) read = step.name;
    }
    return { steps: planned, output: format };
  }

  function planStep(
    step: DeployedStep,
    input: Format,
    before: string,
    target: Target | undefined,
  ): { step: IntegerStep | undefined; output: Format } {
    if (step.type === 'residual') {
      const grid = gridOf(step.activation);
      const sum = planSum(step, grid, tensor, (own, to) => planAll(own, input, before, to));
      const { name, channels } = step;
      accumulators.push({ name, bits: sum.bits });
      roundings.set(name, { channels, steps: sum.error });
      return sum;
    }
    if ('weight' in step) return planWeighted(step, input, target);
    return planWeightless(step, input, before);
  }

  function planWeighted(step: DeployedLayer, input: Format, target: Target | undefined) {
    const { name, channels, activation, weightBits } = step;
    const planned = planLayer(step, input, tensor, activation ? gridOf(activation) : target);
    accumulators.push({
      name,
      products: {
        weightBits: weightBits ?? NaN,
        inputBits: valueBits(input.range),
        bits: bitsOf(planned.products),
      },
      bits: planned.rescaled.bits,
    });
    if (activation) roundings.set(name, { channels, steps: planned.output.error });
    // Errors are relative to exact arithmetic on the quantized integers, so they restart at 0.
    return activation ? { ...planned, output: { ...planned.output, error: 0 } } : planned;
  }

  function tensor(name: string) {
    const found = tensors[name];
    if (!found) throw new Error(`integers: no tensor "${name}"`);
    return found;
  }
}

function planWeightless(
  step: WeightlessLayer,
  input: Format,
  before: string,
): { step: IntegerStep | undefined; output: Format } {
  const shape = typeOf(step).outputShape(step, input.shape);
  switch (step.type) {
    case 'max-pool':
    case 'average-pool':
      return planPool(step, input, shape, before);
    case 'subsample':
      return planSubsample(step.stride, input, shape, before);
    case 'flatten':
      return { step: undefined, output: flat(input, shape) };
    case 'dropout': // Deployed networks contain no dropout.
    default:
      throw new UserError(
        `--integer: found a layer of type ${step.type}, expected one that is computed in integers: ` +
          'convolution, dense, max-pool, average-pool, subsample, flatten. Evaluate the run without --integer.',
        2,
      );
  }
}

/** Repeat each channel for each pixel. */
function flat(input: Format, shape: readonly number[]): Format {
  const [count = 0] = shape;
  const repeated = (values: Float64Array) =>
    Float64Array.from({ length: count }, (_, at) => values[at % values.length] ?? NaN);
  return { ...input, shape, units: repeated(input.units), offsets: repeated(input.offsets) };
}

function pixelFormat(shape: readonly number[], { mean, std }: Normalization): Format {
  return {
    shape,
    units: Float64Array.from(std, (deviation) => 1 / (255 * deviation)),
    offsets: Float64Array.from(mean, (own, channel) => -own / (std[channel] ?? NaN)),
    range: { low: 0, high: 255 },
    error: 0,
  };
}
