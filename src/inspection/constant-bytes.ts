import { borderPatterns, countPatterns } from '../nn/border-patterns.js';
import { countKept, keptChannels } from '../nn/kept-channels.js';
import type { Plan, ResidualStep, Step } from '../nn/plan.js';
import { keptOutputs, type NetworkCost, type TestTimeQuantizer } from '../setup/network-cost.js';

/** Of a number at 32 bits, and of a row's or column's pattern. */
const [numberBytes, patternBytes] = [4, 2];

/**
 * What it takes at most to write down the constants that dropped channels emit, in bytes, beside one bias
 * for each channel: where a layer with zeros around the image reads some, a bias for each pattern of its
 * border and the patterns of its rows and columns; where a summand has dropped what another keeps, a
 * number for each channel of the sum. Of constants that are 0 nothing is needed.
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

  /** The sum's channels if some of them get a constant from a summand, else 0. */
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
