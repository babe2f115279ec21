import { suites, type Setting, type Suite } from './suites.js';

/** A network with one training method, as in the tables of GPU times. */
export interface GpuRow {
  readonly name: string;
  readonly suite: Suite;
  readonly setting: Setting;
  /** Whether the network is in full precision, for which PyTorch is measured too. */
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

/** All rows. @param batchSize images per step */
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
          // bbits' own kernels do not run on a GPU.
          setting: { ...setting, plain: true },
          isFullPrecision: name === 'full precision',
        },
      ];
    }),
  );
}
