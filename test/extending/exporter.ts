import type { DeployedTensor } from '../../src/deployment/network.js';
import type { Exporter } from '../../src/deployment/exporters/exporter.js';

/**
 * A network's numbers as C arrays, for devices without a file system:
 *
 *     static const int8_t conv1_weight[150] = {0,-1,…};
 */
export const exporter: Exporter = ({ network, tensors }, { dataset }) => ({
  'network.h': [
    `/* ${network.name}, for the ${dataset.classes} classes of ${dataset.name} */`,
    '#include <stdint.h>',
    ...Object.entries(tensors).map(([name, tensor]) => arrayOf(name, tensor)),
    '',
  ].join('\n'),
});

function arrayOf(name: string, { values }: DeployedTensor): string {
  const isReal = values instanceof Float32Array;
  const numbers = Array.from(values, (value) => (isReal ? `${value.toExponential()}f` : value));
  const type = isReal ? 'float' : `int${8 * values.BYTES_PER_ELEMENT}_t`;
  return `static const ${type} ${name.replaceAll(/\W/g, '_')}[${values.length}] = {${numbers.join()}};`;
}
