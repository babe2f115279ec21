import type { ProgramMode } from '../src/compile/entry.js';
import type { BatchNormKind } from '../src/nn/network.js';
import type { ModelName } from '../src/models/models.js';

/** A way to run a network's training step. */
export interface Setting {
  readonly mode: ProgramMode;
  readonly batchNorm: BatchNormKind;
  /** phi of the gates of 2 to 8 bits and of 16 and 32 bits; absent: full precision. */
  readonly phi?: { readonly narrow: number; readonly wide: number };
  /** Whether gates are sampled with noise. */
  readonly noise: boolean;
  /** Without bbits' own kernels, as if they could not be compiled. */
  readonly plain?: true;
  /** Keep ranges and gates on the host even if XLA could keep them on the device. */
  readonly gatesOnHost?: true;
  /** Target: maximum step time relative to full precision. */
  readonly atMost?: number;
  /** Target: maximum (time - full - quantizer passes at bandwidth) / full; full: full-precision time. */
  readonly aboveFloor?: number;
  /** The authors' code, which is unavailable: its time relative to full-precision PyTorch, and the target. */
  readonly authors?: { readonly toPytorch: number; readonly atLeast: number };
}

/** A comparison; the first setting is the reference. */
export interface Suite {
  readonly model: ModelName;
  readonly width: number;
  readonly imageShape: readonly [number, number, number];
  readonly batchSize: number;
  /** Only steps are run, so evaluations need not be traced. */
  readonly stepsOnly?: true;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** Names of settings. */
export const fullPrecision = 'full precision';
export const plainName = (setting: string) => `${setting}, plain`;

const graph = { mode: 'graph', batchNorm: 'unfolded', noise: true } as const;
const asRunsStart = { narrow: 6, wide: -6 };
const nearlyFree = { atMost: 1.15, aboveFloor: 0.05 };
const allOpen = { ...graph, phi: { narrow: 6, wide: 6 }, ...nearlyFree };
const interior = { ...graph, phi: { narrow: 0, wide: 0 }, noise: false, atMost: 1.3 };

const lenet5Settings = {
  [fullPrecision]: graph,
  'as a run starts (8 bits)': {
    ...graph,
    phi: asRunsStart,
    ...nearlyFree,
    authors: { toPytorch: 2.7, atLeast: 3 },
  },
  'all five levels open': { ...allOpen, authors: { toPytorch: 5, atLeast: 5 } },
  'all gates interior': { ...interior, authors: { toPytorch: 4.3, atLeast: 4 } },
} satisfies Record<string, Setting>;

/** The same settings without bbits' own kernels. */
function plainly(settings: Readonly<Record<string, Setting>>): Record<string, Setting> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      plainName(name),
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

/** Settings of networks with batch norm, unfolded and folded. */
const batchNormSettings = {
  [fullPrecision]: graph,
  '8 bits, unfolded': { ...graph, phi: asRunsStart, ...nearlyFree },
  'all five levels open, unfolded': allOpen,
  'all gates interior, unfolded': interior,
  '8 bits, folded': { ...graph, batchNorm: 'folded', phi: asRunsStart, atMost: 1.7 },
} satisfies Record<string, Setting>;

export const suites: Readonly<Record<string, Suite>> = {
  lenet5: {
    model: 'lenet5',
    width: 1,
    imageShape: [28, 28, 1],
    batchSize: 128,
    settings: { ...lenet5Settings, ...plainly(lenet5Settings), ...eager },
  },
  resnet20: {
    model: 'resnet20',
    width: 1,
    imageShape: [32, 32, 3],
    batchSize: 128,
    settings: { ...batchNormSettings, ...plainly(batchNormSettings) },
  },
  vgg7: {
    model: 'vgg7',
    width: 1,
    imageShape: [32, 32, 3],
    batchSize: 128,
    settings: { ...batchNormSettings, ...plainly(batchNormSettings) },
  },
};

/** A suite at another width. @param batchSize default: the suite's, or 32 for a large VGG-7 */
export function findSuite(name: string, width = 1, batchSize?: number): Suite | undefined {
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
  if (!suite) return undefined;
  const isLarge = suite.model === 'vgg7' && width > 0.5;
  return { ...suite, width, batchSize: batchSize ?? (isLarge ? 32 : suite.batchSize) };
}
