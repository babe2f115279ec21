import { bopsDefinition } from '../bayesian-bits/bops.js';
import type { Plan, WeightedLayer } from '../nn/plan.js';
import type { NetworkCost } from '../setup/network-cost.js';
import type { Trainer } from '../training/trainer.js';
import type { PhaseResult } from './folder/figures.js';
import type { EpochMetrics, QuantizerMetrics } from './folder/metrics-file.js';
import type { LayerResult, RunResult, SumResult } from './folder/result-file.js';

/**
 * A run's result for `result.json`.
 *
 * @param metrics metrics of the last epoch
 */
export function runResult(
  metrics: EpochMetrics,
  trainer: Pick<Trainer, 'cost' | 'plan'>,
  {
    beforeFineTuning,
    extendedAfterEpochs,
  }: { beforeFineTuning?: PhaseResult | undefined; extendedAfterEpochs: readonly number[] },
): RunResult {
  const { epoch, quantizers, ...last } = metrics;
  const cost = trainer.cost();
  return {
    format: 1,
    epochs: epoch,
    ...last,
    ...(beforeFineTuning ? { beforeFineTuning } : {}),
    ...(extendedAfterEpochs.length > 0 ? { extendedAfterEpochs } : {}),
    ...(cost.isConstant ? { isConstant: true } : {}),
    layers: layerResults(cost, quantizers),
    sums: sumResults(trainer.plan(), quantizers),
    bopsDefinition,
  };
}

/** Results of a phase after its last epoch. */
export function phaseResult(metrics: EpochMetrics): PhaseResult {
  const { testCrossEntropy, testAccuracyPercent, relativeBopsPercent, gbops } = metrics;
  const { validationCrossEntropy, validationAccuracyPercent } = metrics;
  return {
    testCrossEntropy,
    testAccuracyPercent,
    ...(validationCrossEntropy === undefined ? {} : { validationCrossEntropy }),
    ...(validationAccuracyPercent === undefined ? {} : { validationAccuracyPercent }),
    relativeBopsPercent,
    gbops,
  };
}

function sumResults({ steps }: Plan, quantizers: readonly QuantizerMetrics[]): SumResult[] {
  return steps.flatMap((step): SumResult[] => {
    if (step.type !== 'residual') return [];
    const layers = [...step.branch, ...step.shortcut].filter((inner) => inner.type === 'weighted');
    const found = quantizers.find(({ name }) => name === step.activation);
    return [
      {
        name: step.name,
        after: layers.at(-1)?.layer.name ?? '',
        activationBits: found?.bits ?? null,
        activationBeta: found?.beta ?? null,
        ...signed(step),
      },
    ];
  });
}

function layerResults(
  { layers }: NetworkCost,
  quantizers: readonly QuantizerMetrics[],
): LayerResult[] {
  const byName = new Map(quantizers.map((quantizer) => [quantizer.name, quantizer]));
  return layers.map((summary) => {
    const { layer, cost, channels, keptChannels, droppedWith, bops, shareOfBopsPercent } = summary;
    const activation = byName.get(layer.activation ?? '');
    return {
      name: layer.name,
      macs: cost.macs,
      weightBits: cost.weightBits,
      weightBeta: byName.get(layer.weight)?.beta ?? null,
      channels,
      keptChannels,
      ...(droppedWith === undefined ? {} : { droppedWith }),
      activationBits: activation?.bits ?? null,
      activationBeta: activation?.beta ?? null,
      ...signed(layer),
      bops,
      shareOfBopsPercent,
    };
  });
}

function signed({ activation, nonlinearity }: Pick<WeightedLayer, 'activation' | 'nonlinearity'>): {
  activationIsSigned?: true;
} {
  return activation !== undefined && nonlinearity === 'none' ? { activationIsSigned: true } : {};
}
