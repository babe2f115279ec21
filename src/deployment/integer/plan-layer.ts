import { marginsOf, pairOf, type Windows } from '../../nn/windows.js';
import type { DeployedLayer, DeployedTensor } from '../network.js';
import { fill, largest, magnitude, requireSafe, type Format } from './format.js';
import { biasesOf } from './layer-biases.js';
import { layerGroups, mapWeights, type RealGroup } from './layer-groups.js';
import { rangesOf, sumsOf, throughWindows } from './layer-sums.js';
import type { ImageShape, LayerStep, Range } from './network.js';
import { one, planRescale, type PlannedRescale } from './plan-rescale.js';

export interface PlannedLayer {
  readonly step: LayerStep;
  readonly rescaled: PlannedRescale;
  /** Range of the sums of products. */
  readonly products: Range;
  readonly output: Format;
}

/** Output unit of a layer: its grid's step or a sum's unit; undefined for the logits. */
export interface Target {
  readonly unit: number;
  readonly ends?: Range | undefined;
}

/**
 * A layer in integers,
 *
 *     y = F (w * x + bias / F),   F = |factor| scale u
 *
 * with integers x in units of u. A negative factor flips its weights' signs. Where channels of x have
 * different units (pixels whose channels have different standard deviations), the weights are multiplied by
 * the units' ratios, as integers of up to 24 bits. Each output pixel's bias includes the offsets of x (the
 * mean subtracted from pixels), weighted by the part of its window on the image.
 *
 * @throws UserError if sums need more than 53 bits or a constant is not finite
 */
export function planLayer(
  layer: DeployedLayer,
  input: Format,
  tensor: (name: string) => DeployedTensor,
  target: Target | undefined,
): PlannedLayer {
  const { name } = layer;
  const [inputShape, outputShape] = [imageOf(input.shape), imageOf(layer.outputShape)];
  const channels = outputShape[2];
  const scale = tensor(layer.scale).values[0] ?? NaN;
  const factors = Array.from({ length: channels }, (_, channel) => {
    return scale * (layer.factor === undefined ? 1 : (tensor(layer.factor).values[channel] ?? NaN));
  });
  const weight = tensor(layer.weight);
  const signed = mapWeights(layerGroups(layer, weight), (w, _, output) => {
    return w * Math.sign(factors[output] ?? NaN);
  });
  const {
    ratios,
    unit,
    error: ratioError,
  } = commonUnit(input, largest(sumsOf(signed, channels, input.range)));
  const groups = mapWeights(signed, (w, channel) => w * (ratios[channel] ?? NaN));

  const scales = factors.map((factor) => Math.abs(factor) * unit);
  const most = largest(scales) || 1;
  // A channel whose products are all 0 has only its bias, for which any unit will do.
  const units = Float64Array.from(scales, (each) => (each === 0 ? (target?.unit ?? most) : each));

  const windows = windowsOf(layer, weight);
  const zeroes = input.offsets.map((offset, channel) => offset / (input.units[channel] ?? NaN));
  const constants = biasesOf(layer, outputShape, tensor);
  const added = zeroes.some((zero) => zero !== 0)
    ? throughWindows({ windows, inputShape, outputShape, groups }, zeroes)
    : undefined;
  const all = added
    ? added.map((value, at) => {
        return value * (units[at % channels] ?? NaN) + (constants[at % constants.length] ?? NaN);
      })
    : constants;

  const ranges = rangesOf(groups, channels, input.range);
  const products = {
    low: -largest(ranges.map(({ low }) => -low)),
    high: largest(ranges.map(({ high }) => high)),
  };
  requireSafe(products, name);
  const to = target ?? { unit: logitUnit(most, largest(farthest(units, ranges, all))) };
  const rescaled = planRescale({ name, units, constants: all, ranges, to });
  const is32Bit = magnitude(products) < 2 ** 31;
  const isQuantized = to.ends !== undefined;
  const fromInput = units.map((each, channel) => {
    const absolute = (of: readonly RealGroup[], value: number) =>
      sumsOf(of, channels, { low: -value, high: value })[channel] ?? NaN;
    const inexact = absolute(groups, input.error) + absolute(signed, ratioError);
    return (inexact * each) / to.unit;
  });
  const error = rescaled.error + largest(fromInput) + (isQuantized ? 0 : 0.5);
  const arrayType = is32Bit ? Int32Array : Float64Array;
  return {
    step: {
      ...{ type: 'layer', name, windows, inputShape, outputShape, is32Bit, isQuantized },
      groups: groups.map((group) => ({ ...group, weights: arrayType.from(group.weights) })),
      rescale: rescaled.rescale,
    },
    rescaled,
    products,
    output: {
      shape: layer.outputShape,
      units: fill(channels, to.unit),
      offsets: fill(channels, 0),
      range: rescaled.range,
      error,
    },
  };
}

/** Bound on the magnitude of each channel's results, in real numbers. */
function farthest(units: Float64Array, ranges: readonly Range[], constants: Float64Array) {
  const constant = largest(constants.map(Math.abs));
  return units.map((unit, channel) => magnitude(ranges[channel] ?? none) * unit + constant);
}

const none = { low: 0, high: 0 };

/** The logits' unit: the channels' largest, with 16 fractional bits, or fewer to fit logits in 52 bits. */
function logitUnit(unit: number, reach: number): number {
  const fine = unit / one;
  return fine * 2 ** Math.max(0, Math.ceil(Math.log2(reach / fine)) - 51);
}

/** Height, width and channels; a flat tensor has one pixel. */
export function imageOf(shape: readonly number[]): ImageShape {
  const [height = NaN, width = NaN, channels = NaN] = shape.length === 1 ? [1, 1, ...shape] : shape;
  return [height, width, channels];
}

function windowsOf(layer: DeployedLayer, { shape }: DeployedTensor): Windows {
  const { type, stride = 1, padding = 0, kernel = shape } = layer;
  const [rows = NaN, columns = NaN] = type === 'dense' ? [1, 1] : kernel;
  return { kernel: [rows, columns], stride: pairOf(stride), padding: marginsOf(padding) };
}

/** A float has no more than 24 significant bits. */
const mostRatioBits = 24;

/**
 * One unit for all input channels, and each channel's integer ratio to it: exact if all units are equal.
 *
 * @param sum the largest sum of products if all ratios were 1
 */
function commonUnit({ units, range, offsets }: Format, sum: number) {
  const most = largest(units) || 1;
  if (units.every((unit) => unit === most))
    return { ratios: fill(units.length, 1), unit: most, error: 0 };
  const bits = Math.max(0, Math.min(mostRatioBits, 52 - Math.ceil(Math.log2(sum + 1))));
  const zeroes = offsets.map((offset, channel) => Math.abs(offset / (units[channel] ?? NaN)));
  return {
    ratios: units.map((unit) => Math.round((unit / most) * 2 ** bits)),
    unit: most / 2 ** bits,
    // Rounding error of a ratio, half a unit, times the largest value.
    error: 0.5 * (magnitude(range) + largest(zeroes)),
  };
}
