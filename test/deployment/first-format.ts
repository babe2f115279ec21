import type { Deployed } from '../../src/deployment/deploy.js';
import type { DeployedStep, DeployedTensor } from '../../src/deployment/network.js';

/**
 * A deployed network in the first format: a bias for each pixel where biases differ, and a constant in each
 * sum.
 */
export function asFirstFormat({ network, tensors }: Deployed): Deployed {
  const old: Record<string, DeployedTensor> = { ...tensors };
  const valuesOf = (name: string) => Array.from(tensors[name]?.values ?? []);
  const inFirst = (step: DeployedStep): DeployedStep => {
    if (step.type === 'residual') {
      const { name, channels } = step;
      const constant = `${name}/constant`;
      const { length } = channels;
      old[constant] ??= { shape: [length], values: new Float32Array(length) };
      const [branch, shortcut] = [step.branch, step.shortcut].map((part) => part.map(inFirst));
      return { ...step, constant, branch: branch ?? [], shortcut: shortcut ?? [] };
    }
    if (!('weight' in step)) return step;
    const { biasRows, biasColumns, ...others } = step;
    if (biasRows === undefined || biasColumns === undefined) return step;
    const [rows, columns] = [valuesOf(biasRows), valuesOf(biasColumns)];
    const { shape = [], values = [] } = tensors[step.bias] ?? {};
    const [, across = NaN, count = NaN] = shape;
    const pixels = rows.flatMap((row) =>
      columns.flatMap((column) => {
        const start = (row * across + column) * count;
        return Array.from(values.slice(start, start + count));
      }),
    );
    old[step.bias] = {
      shape: [rows.length, columns.length, count],
      values: Float32Array.from(pixels),
    };
    return others;
  };
  return { network: { ...network, steps: network.steps.map(inFirst) }, tensors: old };
}
