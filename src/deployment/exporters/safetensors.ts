import { encodeSafetensors, type SafeTensor } from '../../files/safetensors.js';
import { packageVersion } from '../../version.js';
import type { Deployed } from '../deploy.js';
import type { DeployedLayer, DeployedStep } from '../network.js';
import { packed } from '../packing.js';
import type { Exporter } from './exporter.js';

type Tensors = Deployed['tensors'];

/**
 * bbits' own format, described in docs/export.md: `network.json` with the network's steps, and
 * `network.safetensors` with its tensors.
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

/** The steps as written to the file; those with packed weights state the weights' shape. */
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

/** All tensors, with weights of less than 8 bits packed. */
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
