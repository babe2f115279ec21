import { encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import { packageVersion } from '../../version.js';
import type { Deployed } from '../deploy.js';
import type { DeployedLayer, DeployedStep } from '../network.js';
import { packed } from '../packing.js';
import type { Exporter } from './exporter.js';

type Tensors = Deployed['tensors'];

/**
 * A format of our own, which docs/export.md describes: `network.json`, what the network does, and
 * `network.safetensors`, its numbers.
 */
export const exporter: Exporter = ({ network, tensors }, { dataset }) => {
  const { name, classes, mean, std } = dataset;
  const description = {
    format: 'bbits network',
    version: 3,
    bbits: packageVersion(),
    tensors: tensorFile,
    dataset: { name, classes },
    input: {
      shape: network.imageShape,
      layout: 'height, width, channels',
      formula: '(pixel / 255 - mean) / std',
      mean,
      std,
    },
    network: network.name,
    steps: withShapes(network.steps, tensors),
  };
  return {
    [tensorFile]: encodeSafetensors(densely(network.steps, tensors), {
      format: 'bbits network',
      packing:
        'weights of 2 and 4 bits are packed in U8: signed integers in two’s complement, in row-major order of the ' +
        'weightShape in network.json, each byte from its lowest bits on, the last one filled with zeros',
      layout:
        'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
    }),
    'network.json': `${JSON.stringify(description, null, 2)}\n`,
  };
};

const tensorFile = 'network.safetensors';

/** The steps as the file has them: those with packed weights say the shape of these. */
function withShapes(steps: readonly DeployedStep[], tensors: Tensors): readonly object[] {
  return steps.map((step) => {
    if (step.type === 'residual') {
      const [branch, shortcut] = [step.branch, step.shortcut].map((own) =>
        withShapes(own, tensors),
      );
      return { ...step, branch, shortcut };
    }
    return isPacked(step) ? { ...step, weightShape: tensors[step.weight]?.shape } : step;
  });
}

/** All tensors, weights of less than a byte side by side. */
function densely(steps: readonly DeployedStep[], tensors: Tensors): Record<string, SafeTensor> {
  const all: Record<string, SafeTensor> = { ...tensors };
  const pack = (step: DeployedStep): void => {
    if (step.type === 'residual') [...step.branch, ...step.shortcut].forEach(pack);
    if (!isPacked(step)) return;
    const values = packed(tensors[step.weight]?.values ?? [], step.weightBits);
    all[step.weight] = { shape: [values.length], values };
  };
  steps.forEach(pack);
  return all;
}

function isPacked(step: DeployedStep): step is DeployedLayer & { weightBits: 2 | 4 } {
  return 'weight' in step && (step.weightBits === 2 || step.weightBits === 4);
}
