import { borderPatterns, countPatterns } from '../nn/border-patterns.js';
import { countKept, keptChannels } from '../nn/kept-channels.js';
import type { Plan, ResidualStep, Step } from '../nn/plan.js';
import { keptOutputs, type NetworkCost, type TestTimeQuantizer } from '../setup/network-cost.js';

/** Bytes of a float32, and of the pattern number of a row or column. */
const [numberBytes, patternBytes] = [4, 2];

/**
 * Upper bound on the bytes that store the constants of dropped channels, beyond one bias per channel. A
 * zero-padded layer that reads such constants needs a bias for each border pattern, and a pattern number for
 * each row and column; a sum needs a number per channel if one term drops a channel that another keeps. The
 * bound counts constants that are 0, though they take no bytes.
 */
export function constantBytes(
  plan: Plan,
  { layers }: NetworkCost,
  quantizers: ReadonlyMap<string, TestTimeQuantizer>,
): number {
  const shapes = new Map(plan.variables.map(({ name, shape }) => [name, shape]));
  const ofLayers = layers.map(({ layer, cost, keptChannels: kept }) => {
    const patterns = borderPatterns(layer, shapes.get(layer.weight) ?? []);
    if (cost.keptInputs === 1 || patterns === undefined) return 0;
    const { rows, columns } = patterns;
    const vectors = countPatterns(rows) * countPatterns(columns);
    if (vectors === 1) return 0;
    return (vectors - 1) * kept * numberBytes + (rows.length + columns.length) * patternBytes;
  });
  const ofSums = residualSteps(plan.steps).map((step) => numberBytes * constantsOf(step));
  return [...ofLayers, ...ofSums].reduce((sum, bytes) => sum + bytes, 0);

  /** The number of the sum's kept channels if a term is constant in some of them, else 0. */
  function constantsOf({ outputShape, producers }: ResidualStep): number {
    const keptOf = (weight: string, channels: number) => keptOutputs(quantizers, weight, channels);
    const kept = keptChannels(outputShape.at(-1) ?? 0, producers, keptOf);
    const isDropped = producers.some(
      ({ weight, channels, first }) =>
        weight !== undefined &&
        keptOf(weight, channels).some((isKept, channel) => !isKept && kept[first + channel]),
    );
    return isDropped ? countKept(kept) : 0;
  }
}

function residualSteps(steps: readonly Step[]): ResidualStep[] {
  return steps.flatMap((step) =>
    step.type === 'residual'
      ? [step, ...residualSteps(step.branch), ...residualSteps(step.shortcut)]
      : [],
  );
}
