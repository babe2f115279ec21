import { encodeSafetensors } from '../../files/safetensors.js';
import { packageVersion } from '../../version.js';
import type { Exporter } from './exporter.js';

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
    steps: network.steps,
  };
  return {
    [tensorFile]: encodeSafetensors(tensors, {
      format: 'bbits network',
      layout:
        'convolutions: rows, columns, input channels, output channels; dense: inputs, outputs',
    }),
    'network.json': `${JSON.stringify(description, null, 2)}\n`,
  };
};

const tensorFile = 'network.safetensors';
