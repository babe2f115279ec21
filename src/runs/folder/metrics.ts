import { bopsDefinition } from '../../bayesian-bits/bops.js';
import { gatedBitWidths } from '../../bayesian-bits/gates.js';
import type { Plan } from '../../nn/plan.js';
import { countKept, type NetworkCost } from '../../setup/network-cost.js';
import {
  betaOf,
  phiOf,
  testTimeQuantizer,
  type QuantizerState,
} from '../../training/quantizer-state.js';
import type { EpochLosses } from '../../training/trainer-state.js';
import type { Evaluations, Trainer } from '../../training/trainer.js';

/** A line of `metrics.jsonl`: what one epoch gave. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** `crossEntropy + mu * regularizer`, like these a mean over the training images. */
  readonly loss: number;
  readonly crossEntropy: number;
  readonly regularizer: number;
  /** In training mode, while the network changed. */
  readonly trainAccuracyPercent: number;
  /** With test-time gates, after the epoch; so is everything below. */
  readonly testCrossEntropy: number;
  readonly testAccuracyPercent: number;
  /** Only where training images are held out. */
  readonly validationCrossEntropy?: number;
  readonly validationAccuracyPercent?: number;
  readonly relativeBopsPercent: number;
  /** 10^9 bit operations for one image. */
  readonly gbops: number;
  readonly quantizers: readonly QuantizerMetrics[];
}

export interface QuantizerMetrics {
  readonly name: string;
  readonly bits: number;
  /** Only where channels can be dropped. */
  readonly keptChannels?: number;
  /** End of the range; null: it is neither clipped nor rounded. */
  readonly beta: number | null;
  /** By bit width; that of 2 has a number for each channel. */
  readonly phi: Readonly<Record<string, number | readonly number[]>>;
}

export function epochMetrics(
  epoch: number,
  losses: EpochLosses,
  { test, validation }: Evaluations,
  trainer: Trainer,
): EpochMetrics {
  const { accuracyPercent: trainAccuracyPercent, ...means } = losses;
  const { relativeBopsPercent, gbops } = trainer.cost();
  return {
    epoch,
    ...means,
    trainAccuracyPercent,
    testCrossEntropy: test.crossEntropy,
    testAccuracyPercent: test.accuracyPercent,
    ...(validation
      ? {
          validationCrossEntropy: validation.crossEntropy,
          validationAccuracyPercent: validation.accuracyPercent,
        }
      : {}),
    relativeBopsPercent,
    gbops,
    quantizers: trainer.quantizers().map(quantizerMetrics),
  };
}

function quantizerMetrics(quantizer: QuantizerState): QuantizerMetrics {
  const { bits, keptChannels } = testTimeQuantizer(quantizer);
  const phi = phiOf(quantizer);
  const hasChannels = keptChannels.length > 0;
  return {
    name: quantizer.site.name,
    bits,
    ...(hasChannels ? { keptChannels: countKept(keptChannels) } : {}),
    beta: quantizer.site.rounded ? betaOf(quantizer) : null,
    phi: {
      ...(hasChannels ? { 2: Array.from(phi.channels) } : {}),
      ...Object.fromEntries(gatedBitWidths.map((bits, index) => [bits, phi.bits[index]])),
    },
  };
}

/** `result.json`: the network after the last epoch. */
export interface RunResult extends Omit<EpochMetrics, 'epoch' | 'quantizers'> {
  /** Of the file; a later version of bbits may write a later one. */
  readonly format: 1;
  readonly epochs: number;
  /** Only with fine-tuning: the network before it. */
  readonly beforeFineTuning?: PhaseResult;
  /** Only where the run was finished after so many epochs, and then extended: each time. */
  readonly extendedAfterEpochs?: readonly number[];
  readonly layers: readonly LayerResult[];
  /** Of residual blocks. */
  readonly sums: readonly SumResult[];
  /** How bit operations are counted, in words. */
  readonly bopsDefinition: string;
}

/** What a phase came to, with test-time gates. */
export type PhaseResult = Pick<
  EpochMetrics,
  | 'testCrossEntropy'
  | 'testAccuracyPercent'
  | 'validationCrossEntropy'
  | 'validationAccuracyPercent'
  | 'relativeBopsPercent'
  | 'gbops'
>;

export interface LayerResult {
  readonly name: string;
  /** Multiply-accumulates for one image, with all channels. */
  readonly macs: number;
  readonly weightBits: number;
  /** End of the weights' range. */
  readonly weightBeta: number | null;
  readonly channels: number;
  readonly keptChannels: number;
  /** Of the layer's output; null for the last layer, whose output is not quantized. */
  readonly activationBits: number | null;
  readonly activationBeta: number | null;
  readonly bops: number;
  readonly shareOfBopsPercent: number;
}

/** What a residual block gives. */
export interface SumResult {
  readonly name: string;
  /** The last of the block's layers. */
  readonly after: string;
  readonly activationBits: number | null;
  readonly activationBeta: number | null;
}

/** @param metrics of the last epoch */
export function runResult(
  metrics: EpochMetrics,
  trainer: Trainer,
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
    layers: layerResults(cost, quantizers),
    sums: sumResults(trainer.plan(), quantizers),
    bopsDefinition,
  };
}

/** What a phase came to after its last epoch. */
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
      },
    ];
  });
}

function layerResults(cost: NetworkCost, quantizers: readonly QuantizerMetrics[]): LayerResult[] {
  const byName = new Map(quantizers.map((quantizer) => [quantizer.name, quantizer]));
  return cost.layers.map(({ layer, cost: { macs, weightBits }, channels, keptChannels, bops }) => {
    const activation = byName.get(layer.activation ?? '');
    return {
      name: layer.name,
      macs,
      weightBits,
      weightBeta: byName.get(layer.weight)?.beta ?? null,
      channels,
      keptChannels,
      activationBits: activation?.bits ?? null,
      activationBeta: activation?.beta ?? null,
      bops,
      shareOfBopsPercent: (100 * bops) / cost.bops,
    };
  });
}
