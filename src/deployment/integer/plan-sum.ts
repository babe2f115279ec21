import type { DeployedResidual, DeployedStep, DeployedTensor } from '../network.js';
import { fill, requireSafe, type Format } from './format.js';
import type { Grid } from './grid-of.js';
import type { IntegerStep, Range, Summand, SumStep } from './network.js';
import { imageOf, type Target } from './plan-layer.js';
import { fractionalBits, one, planRescale } from './plan-rescale.js';

interface PlannedSum {
  readonly step: SumStep;
  /** Bits of the sum. */
  readonly bits: number;
  /** Error bound in steps of the sum's grid, before rounding. */
  readonly error: number;
  readonly output: Format;
}

/**
 * A residual sum in integers. Its format is its grid with 16 fractional bits: a summand that ends with a
 * layer is converted by the layer's rescale, any other by its own. The sum is then rounded to the grid.
 *
 * @param planAll plans a summand's steps; layers without a grid get the target's unit
 */
export function planSum(
  { name, branch, shortcut, branchChannels, shortcutChannels, ...sum }: DeployedResidual,
  grid: Grid,
  tensor: (name: string) => DeployedTensor,
  planAll: (
    steps: readonly DeployedStep[],
    target: Target,
  ) => { steps: IntegerStep[]; output: Format },
): PlannedSum {
  const unit = grid.unit / one;
  const planned = [
    summand(branch, branchChannels, 'branch'),
    summand(shortcut, shortcutChannels, 'shortcut'),
  ] as const;
  const channels = sum.channels.length;
  const range: Range = {
    low: planned.reduce((low, own) => low + own.range.low, 0),
    high: planned.reduce((high, own) => high + own.range.high, 0),
  };
  requireSafe(range, name);
  const { rescale, bits, error } = planRescale({
    name,
    units: fill(channels, unit),
    constants:
      sum.constant === undefined
        ? fill(channels, 0)
        : Float64Array.from(tensor(sum.constant).values),
    ranges: Array.from({ length: channels }, () => range),
    to: grid,
  });
  const fromSummands = planned.reduce((total, own) => total + own.error, 0) / one;
  return {
    step: {
      ...{ type: 'add', name, outputShape: imageOf(sum.outputShape), rescale },
      summands: [planned[0].summand, planned[1].summand],
    },
    // Excluding the rescale's fractional bits, which come on top of the sum's.
    bits: bits - fractionalBits,
    error: error + fromSummands,
    output: {
      shape: sum.outputShape,
      units: fill(channels, grid.unit),
      offsets: fill(channels, 0),
      range: grid.ends,
      error: 0,
    },
  };

  /** Plan a summand; its range and error are in the sum's format. */
  function summand(
    own: readonly DeployedStep[],
    places: readonly number[],
    which: string,
  ): { summand: Summand; range: Range; error: number } {
    const { steps, output } = planAll(own, { unit });
    const { units, offsets, range, error } = output;
    const isThere = units.every((each) => each === unit) && offsets.every((offset) => offset === 0);
    if (isThere) return { summand: { steps, rescale: undefined, places }, range, error };
    const rescaled = planRescale({
      name: `${name}/${which}`,
      units,
      constants: offsets,
      ranges: Array.from(units, () => range),
      to: { unit },
    });
    const ratio = Math.max(...units) / unit;
    return {
      summand: { steps, rescale: rescaled.rescale, places },
      range: rescaled.range,
      error: rescaled.error + 0.5 + error * ratio,
    };
  }
}
