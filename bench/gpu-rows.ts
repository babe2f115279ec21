import { suites, type Setting, type Suite } from './suites.js';

/** A network in one of the ways to train it, as the tables of GPU times have it. */
export interface GpuRow {
  readonly name: string;
  readonly suite: Suite;
  readonly setting: Setting;
  /** The network in full precision, which PyTorch is measured with. */
  readonly isFullPrecision: boolean;
}

const settingsOf: Readonly<Record<string, readonly string[]>> = {
  lenet5: [
    'full precision',
    'as a run starts (8 bits)',
    'all five levels open',
    'all gates interior',
  ],
  vgg7: ['full precision', '8 bits, unfolded', '8 bits, folded'],
  resnet20: ['full precision', '8 bits, unfolded', '8 bits, folded'],
};

/** Every row. @param batchSize images of a step */
export function gpuRows(batchSize: number): GpuRow[] {
  return Object.entries(settingsOf).flatMap(([network, settings]) =>
    settings.flatMap((name): GpuRow[] => {
      const suite = suites[network];
      const setting = suite?.settings[name];
      if (!suite || !setting) throw new Error(`bench: no "${name}" of ${network}`);
      return [
        {
          name: `${network}, ${name}`,
          suite: { ...suite, batchSize, stepsOnly: true },
          // A GPU has none of bbits' own kernels.
          setting: { ...setting, plain: true },
          isFullPrecision: name === 'full precision',
        },
      ];
    }),
  );
}
