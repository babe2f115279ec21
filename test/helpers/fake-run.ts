import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import { parseConfig } from '../../src/config/config.js';
import type { SafeTensor } from '../../src/files/safetensors.js';
import type { QuantizerSite } from '../../src/nn/plan.js';
import { product } from '../../src/nn/shapes.js';
import { writeConfig } from '../../src/runs/folder/config-file.js';
import { writeWeights } from '../../src/runs/folder/weights-file.js';
import { planFor, type DataShape } from '../../src/setup/plan-for-config.js';
import { writeFakeRecord } from './fake-record.js';
import { temporaryFolder } from './temporary-folder.js';

/** The learned state of a run's quantizer. */
export interface Learned {
  readonly bits: number;
  /** The number of dropped channels, from the first on. */
  readonly dropped?: number;
}

/** A run's folder, written as by training, with weights of 0. It is removed when the test ends. */
export async function fakeRun(
  text: string,
  data: DataShape,
  learned: (site: QuantizerSite) => Learned,
): Promise<string> {
  const folder = await temporaryFolder();
  const config = parseConfig(text, 'config.yaml');
  const plan = planFor(config.model, data);
  const tensors: Record<string, SafeTensor> = {};
  for (const { name, shape } of [...plan.variables, ...plan.statistics]) {
    tensors[name] = { shape, values: new Float32Array(product(shape)) };
  }
  const quantizers = plan.quantizers.map((site) => {
    const { bits, dropped = 0 } = learned(site);
    return {
      name: site.name,
      rounding: { beta: 1, bits: gatedBitWidths.map((width) => (width <= bits ? open : shut)) },
      channels: Float64Array.from({ length: site.gatedChannels }, (_, i) =>
        i < dropped ? shut : open,
      ),
    };
  });
  await writeConfig(folder, config);
  await writeFakeRecord(folder, config.seed, data);
  await writeWeights(folder, { tensors, quantizers });
  return folder;
}

/** `phi` of gates that are definitely open or shut. */
const [open, shut] = [6, -6];
