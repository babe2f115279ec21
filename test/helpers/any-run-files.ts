import fc from 'fast-check';
import type { PhaseResult } from '../../src/runs/folder/figures.js';
import type { EpochMetrics, QuantizerMetrics } from '../../src/runs/folder/metrics-file.js';
import type { RunRecord } from '../../src/runs/folder/record-file.js';
import type { LayerResult, RunResult, SumResult } from '../../src/runs/folder/result-file.js';
import type { SensitivityStep } from '../../src/runs/folder/sensitivity-file.js';
import type { EpochTiming } from '../../src/runs/folder/timings-file.js';

/** Arbitrary contents of a run's files. */

// JSON.stringify writes -0 as 0.
export const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const amount = anyNumber.map(Math.abs);
const percent = fc.double({ min: 0, max: 100, noNaN: true });
const bits = fc.constantFrom(2, 4, 8, 16, 32);
export const anyCount = fc.nat(1_000_000);
const text = fc.string({ unit: 'binary' });
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of);

const phase = {
  testCrossEntropy: anyNumber,
  testAccuracyPercent: percent,
  relativeBopsPercent: amount,
  gbops: amount,
};
const heldOut = { validationCrossEntropy: anyNumber, validationAccuracyPercent: percent };
const epochFigures = {
  loss: anyNumber,
  crossEntropy: anyNumber,
  regularizer: anyNumber,
  trainAccuracyPercent: percent,
  ...phase,
};

type Arbitraries<T> = { readonly [K in keyof T]: fc.Arbitrary<T[K]> };

/** An object with optional fields, each of which may be missing. */
function withOptional<T extends object, U extends object>(
  needed: Arbitraries<T>,
  optional: Arbitraries<U>,
): fc.Arbitrary<T & Partial<U>> {
  return fc
    .tuple(fc.record(needed), fc.record(optional, { requiredKeys: [] }))
    .map(([some, others]) => ({ ...some, ...others }) as T & Partial<U>);
}

export const anyPhase: fc.Arbitrary<PhaseResult> = withOptional(phase, heldOut);

const anyQuantizer: fc.Arbitrary<QuantizerMetrics> = withOptional(
  {
    name: text,
    bits,
    beta: orNull(anyNumber),
    phi: fc.dictionary(
      fc.constantFrom('2', '4', '8', '16', '32'),
      fc.oneof(anyNumber, fc.array(anyNumber)),
      { noNullPrototype: true },
    ),
  },
  { keptChannels: anyCount },
);

export const anyMetrics: fc.Arbitrary<EpochMetrics> = withOptional(
  { epoch: fc.integer({ min: 1 }), ...epochFigures, quantizers: fc.array(anyQuantizer) },
  heldOut,
);

export const anyTiming: fc.Arbitrary<EpochTiming> = withOptional(
  {
    epoch: fc.integer({ min: 1 }),
    finished: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    trainingSeconds: amount,
    evaluationSeconds: amount,
  },
  { peakMemoryBytes: anyCount },
);

const anyLayer: fc.Arbitrary<LayerResult> = fc
  .record({
    name: text,
    macs: amount,
    weightBits: bits,
    weightBeta: orNull(anyNumber),
    channels: fc.integer({ min: 1 }),
    keptChannels: anyCount,
    activationBits: orNull(bits),
    activationBeta: orNull(anyNumber),
    bops: amount,
    shareOfBopsPercent: percent,
  })
  .map((layer) => ({ ...layer, keptChannels: layer.keptChannels % (layer.channels + 1) }));

const anySum: fc.Arbitrary<SumResult> = fc.record({
  name: text,
  after: text,
  activationBits: orNull(bits),
  activationBeta: orNull(anyNumber),
});

export const anyResult: fc.Arbitrary<RunResult> = withOptional(
  {
    format: fc.constant(1 as const),
    epochs: fc.integer({ min: 1 }),
    ...epochFigures,
    layers: fc.array(anyLayer, { minLength: 1 }),
    sums: fc.array(anySum),
    bopsDefinition: text,
  },
  { ...heldOut, beforeFineTuning: anyPhase, extendedAfterEpochs: fc.array(anyCount) },
);

const axis = fc.integer({ min: 1, max: 64 });

export const anyRecord: fc.Arbitrary<RunRecord> = fc.record({
  seed: fc.integer(),
  versions: fc.record({ bbits: text, node: text, tensorflow: orNull(text), tfjs: text }),
  backend: fc.constantFrom('native-gpu' as const, 'native-cpu' as const, 'wasm' as const),
  device: text,
  threads: fc.integer({ min: 1, max: 65_536 }),
  dataset: fc.record({
    name: text,
    classes: fc.integer({ min: 1, max: 65_536 }),
    imageShape: fc.tuple(axis, axis, axis),
    mean: fc.array(anyNumber),
    std: fc.array(amount.map((x) => x + Number.MIN_VALUE)),
    files: fc.array(fc.record({ name: text, bytes: anyCount, sha256: text, status: text })),
  }),
});

const anyStep: fc.Arbitrary<SensitivityStep> = fc.record({
  site: orNull(text),
  bits: orNull(bits),
  relativeBopsPercent: percent,
  validationAccuracyPercent: percent,
  testAccuracyPercent: percent,
});

export const anySensitivity = fc.record({
  format: fc.constant(1 as const),
  images: anyCount,
  steps: fc.array(anyStep),
});

export const anyInvocation = fc.record({ started: text, command: fc.array(text) });

export const anyStatus = withOptional(
  { status: fc.constantFrom('running' as const, 'finished' as const, 'diverged' as const) },
  { reason: text, pid: anyCount, host: text },
);
