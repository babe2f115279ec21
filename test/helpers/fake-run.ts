import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatedBitWidths } from '../../src/bayesian-bits/gates.js';
import { parseConfig } from '../../src/config/config.js';
import type { QuantizerSite } from '../../src/nn/plan.js';
import { product } from '../../src/nn/shapes.js';
import { encodeSafetensors, type SafeTensor } from '../../src/files/safetensors.js';
import { planFor, type DataShape } from '../../src/setup/plan-for-config.js';
import { temporaryFolder } from './temporary-folder.js';

export const mnistShape: DataShape = { name: 'mnist', classes: 10, imageShape: [28, 28, 1] };

/** What a quantizer of a run has learned. */
export interface Learned {
  readonly bits: number;
  /** Its first channels are dropped, so many. */
  readonly dropped?: number;
}

/** A run's folder as training writes it, with weights of zero. It goes when the test ends. */
export async function fakeRun(
  config: string,
  data: DataShape,
  learned: (site: QuantizerSite) => Learned,
): Promise<string> {
  const folder = await temporaryFolder();
  const plan = planFor(parseConfig(config, 'config.yaml').model, data);
  const tensors: Record<string, SafeTensor> = {};
  for (const { name, shape } of [...plan.variables, ...plan.statistics]) {
    tensors[name] = { shape, values: new Float32Array(product(shape)) };
  }
  for (const site of plan.quantizers) {
    const { bits, dropped = 0 } = learned(site);
    const vector = (values: readonly number[]) => ({
      shape: [values.length],
      values: Float64Array.from(values),
    });
    const gates = gatedBitWidths.map((width) => (width <= bits ? open : shut));
    const channels = Array.from({ length: site.gatedChannels }, (_, channel) =>
      channel < dropped ? shut : open,
    );
    tensors[`${site.name}/beta`] = vector([1]);
    tensors[`${site.name}/phi`] = vector(gates);
    if (channels.length > 0) tensors[`${site.name}/phi2`] = vector(channels);
  }
  const record = { dataset: { ...data, mean: [0.5], std: [0.5] } };
  await writeFile(join(folder, 'config.yaml'), config);
  await writeFile(join(folder, 'run.json'), JSON.stringify(record));
  await writeFile(join(folder, 'weights.safetensors'), encodeSafetensors(tensors, {}));
  return folder;
}

/** `phi` of gates that are certain. */
const [open, shut] = [6, -6];
