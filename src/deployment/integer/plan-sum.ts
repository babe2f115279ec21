import type { DeployedResidual, DeployedStep, DeployedTensor } from '../network.js';
import { fill, requireSafe, type Format } from './format.js';
import type { Grid } from './grid-of.js';
import type { IntegerStep, Range, Summand, SumStep } from './network.js';
import { imageOf, type Target } from './plan-layer.js';
import { fractionalBits, one, planRescale } from './plan-rescale.js';

interface PlannedSum {
  readonly step: SumStep;
  /** Of the sum. */
  readonly bits: number;
  /** In steps of its grid, before rounding. */
  readonly error: number;
  readonly output: Format;
}

/**
 * A residual sum in integers. Its format is its grid with 16 fractional bits: what a layer ends with gets there in
 * the layer's own rescale, and what comes from elsewhere in one of its own. At the grid the sum is rounded.
 *
 * @param planAll plans the steps of a summand, of which layers without a grid go to that target
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
    // The rescale's own fractional bits come on top of those of the sum.
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

  /** Its range and error are in the sum's format. */
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
