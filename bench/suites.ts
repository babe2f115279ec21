import type { ProgramMode } from '../src/compile/entry.js';
import type { BatchNormKind } from '../src/nn/network.js';
import type { ModelName } from '../src/models/models.js';

/** One way to run a network's training step. */
export interface Setting {
  readonly mode: ProgramMode;
  readonly batchNorm: BatchNormKind;
  /** phi of the gates of 2 to 8 bits and of 16 and 32 bits; none: full precision. */
  readonly phi?: { readonly narrow: number; readonly wide: number };
  /** Gates are drawn, or as deterministic as their phi. */
  readonly noise: boolean;
  /** Without bbits' own kernels, as where they cannot be compiled. */
  readonly plain?: true;
}

/** What is compared with each other: the first setting is what the others are measured against. */
export interface Suite {
  readonly model: ModelName;
  readonly imageShape: readonly [number, number, number];
  readonly batchSize: number;
  /** Only steps are run: nothing is traced for evaluations. */
  readonly stepsOnly?: true;
  readonly settings: Readonly<Record<string, Setting>>;
}

const graph = { mode: 'graph', batchNorm: 'unfolded', noise: true } as const;
const asRunsStart = { narrow: 6, wide: -6 };

const lenet5Settings = {
  'full precision': graph,
  'as a run starts (8 bits)': { ...graph, phi: asRunsStart },
  'all five levels open': { ...graph, phi: { narrow: 6, wide: 6 } },
  'all gates interior': { ...graph, phi: { narrow: 0, wide: 0 }, noise: false },
} satisfies Record<string, Setting>;

/** The same without bbits' own kernels. */
function plainly(settings: Readonly<Record<string, Setting>>): Record<string, Setting> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      `${name}, plain`,
      { ...setting, plain: true },
    ]),
  );
}

const eager = Object.fromEntries(
  Object.entries(lenet5Settings).map(([name, setting]) => [
    `${name}, eager`,
    { ...setting, mode: 'eager' } satisfies Setting,
  ]),
);

/** One convolution a layer and batch norm, quantized without and with folding. */
const batchNormSettings = {
  'full precision': graph,
  '8 bits, unfolded': { ...graph, phi: asRunsStart },
  '8 bits, folded': { ...graph, batchNorm: 'folded', phi: asRunsStart },
} satisfies Record<string, Setting>;

export const suites: Readonly<Record<string, Suite>> = {
  lenet5: {
    model: 'lenet5',
    imageShape: [28, 28, 1],
    batchSize: 128,
    settings: { ...lenet5Settings, ...plainly(lenet5Settings), ...eager },
  },
  resnet20: {
    model: 'resnet20',
    imageShape: [32, 32, 3],
    batchSize: 128,
    settings: { ...batchNormSettings, ...plainly(batchNormSettings) },
  },
  // At 128 images the three programs would want more memory than most laptops have.
  vgg7: { model: 'vgg7', imageShape: [32, 32, 3], batchSize: 32, settings: batchNormSettings },
};
