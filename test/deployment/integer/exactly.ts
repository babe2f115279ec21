import { gridStep } from '../../../src/deployment/grid-step.js';
import type { Deployed } from '../../../src/deployment/deploy.js';
import type {
  DeployedActivation,
  DeployedLayer,
  DeployedResidual,
  DeployedStep,
} from '../../../src/deployment/network.js';
import type { Normalization } from '../../../src/deployment/integer/plan.js';
import type { BitWidth } from '../../../src/bayesian-bits/gates.js';
import { typeOf } from '../../../src/nn/layers/type-of.js';
import { poolingWindows } from '../../../src/nn/layers/pooling.js';
import { marginsOf, pairOf } from '../../../src/nn/windows.js';

/** Real values for one image, channels last. */
interface Real {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Maps each quantizer's exact positions, in steps, to integers. */
export type Rounder = (name: string, positions: readonly number[]) => ArrayLike<number>;

/**
 * Compute a deployed network as docs/export.md describes, in doubles, number by number: a reference without
 * the shortcuts of faster code.
 *
 * @returns the logits
 */
export function computeExactly(
  { network, tensors }: Deployed,
  { mean, std }: Normalization,
  pixels: Uint8Array,
  round: Rounder,
): readonly number[] {
  const channels = mean.length;
  const values = Array.from(pixels, (pixel, at) => {
    return (pixel / 255 - (mean[at % channels] ?? NaN)) / (std[at % channels] ?? NaN);
  });
  return applyAll(network.steps, { shape: network.imageShape, values }).values;

  function applyAll(steps: readonly DeployedStep[], x: Real): Real {
    return steps.reduce((x, step) => apply(step, x), x);
  }

  function apply(step: DeployedStep, x: Real): Real {
    if (step.type === 'residual') return residual(step, x);
    if ('weight' in step) return layer(step, x);
    const shape = typeOf(step).outputShape(step, x.shape);
    if (step.type === 'flatten') return { shape, values: x.values };
    const [height = NaN, width = NaN, channels = NaN] = x.shape;
    if (step.type === 'dropout') throw new Error('dropout in a deployed network');
    const { kernel, stride, padding } = poolingWindows(
      step.type === 'subsample'
        ? { size: 1, stride: step.stride }
        : { ...step, size: step.size ?? [height, width] },
      [height, width],
    );
    const columns = shape.length === 1 ? 1 : (shape[1] ?? NaN);
    const count = shape.reduce((product, size) => product * size, 1);
    return {
      shape,
      values: Array.from({ length: count }, (_, at) => {
        const pixel = Math.floor(at / channels);
        const [row, column] = [Math.floor(pixel / columns), pixel % columns];
        const inWindow: number[] = [];
        for (let i = 0; i < kernel[0]; i++) {
          for (let j = 0; j < kernel[1]; j++) {
            const y = row * stride[0] - padding[0][0] + i;
            const z = column * stride[1] - padding[1][0] + j;
            if (y < 0 || y >= height || z < 0 || z >= width) continue;
            inWindow.push(x.values[(y * width + z) * channels + (at % channels)] ?? NaN);
          }
        }
        if (step.type !== 'average-pool') return Math.max(...inWindow);
        return inWindow.reduce((a, b) => a + b, 0) / inWindow.length;
      }),
    };
  }

  function layer(step: DeployedLayer, x: Real): Real {
    const { outputShape: shape, stride = 1, padding = 0 } = step;
    const weight = tensor(step.weight);
    const isDense = step.type === 'dense';
    const [height = NaN, width = NaN, inputs = NaN] = isDense ? [1, 1, ...x.shape] : x.shape;
    const [rows = NaN, columns = NaN, outputs = NaN] = isDense ? [1, 1, ...shape] : shape;
    const [down, across] = isDense ? [1, 1] : pairOf(stride);
    const [[top], [left]] = marginsOf(padding);
    const [tall = NaN, wide = NaN] = isDense ? [1, 1] : (step.kernel ?? weight.shape);
    const [scale = NaN] = tensor(step.scale).values;
    const factor = step.factor === undefined ? undefined : tensor(step.factor).values;
    const values: number[] = [];
    for (let at = 0; at < rows * columns * outputs; at++) {
      const output = at % outputs;
      const pixel = Math.floor(at / outputs);
      const [row, column] = [Math.floor(pixel / columns), pixel % columns];
      let sum = 0;
      for (let i = 0; i < tall; i++) {
        for (let j = 0; j < wide; j++) {
          const [y, z] = [row * down - top + i, column * across - left + j];
          if (y < 0 || y >= height || z < 0 || z >= width) continue;
          for (let input = 0; input < inputs; input++) {
            const w = weightAt(step, i * wide + j, input, output, inputs, outputs);
            if (w !== 0) sum += w * (x.values[(y * width + z) * inputs + input] ?? NaN);
          }
        }
      }
      values.push((factor?.[output] ?? 1) * (scale * sum) + biasAt(step, row, column, output));
    }
    return step.activation
      ? activate(step.name, step.activation, { shape, values })
      : { shape, values };
  }

  /** 0 where an output does not read an input. */
  function weightAt(
    { weight, groups = 1, kernel = [] }: DeployedLayer,
    tap: number,
    input: number,
    output: number,
    inputs: number,
    outputs: number,
  ): number {
    const { values } = tensor(weight);
    const sizes =
      typeof groups === 'number'
        ? Array.from({ length: groups }, () => [inputs / groups, outputs / groups] as const)
        : groups;
    let [firstInput, firstOutput, from] = [0, 0, 0];
    for (const [ownInputs, ownOutputs] of sizes) {
      const [i, o] = [input - firstInput, output - firstOutput];
      if (i >= 0 && i < ownInputs && o >= 0 && o < ownOutputs) {
        return typeof groups === 'number'
          ? (values[(tap * ownInputs + i) * outputs + output] ?? NaN)
          : (values[from + (tap * ownInputs + i) * ownOutputs + o] ?? NaN);
      }
      firstInput += ownInputs;
      firstOutput += ownOutputs;
      from += (kernel[0] ?? NaN) * (kernel[1] ?? NaN) * ownInputs * ownOutputs;
    }
    return 0;
  }

  function biasAt(step: DeployedLayer, row: number, column: number, output: number): number {
    const { values, shape } = tensor(step.bias);
    if (step.biasRows === undefined || step.biasColumns === undefined) return values[output] ?? NaN;
    const [, patterns = NaN, outputs = NaN] = shape;
    const down = tensor(step.biasRows).values[row] ?? NaN;
    const across = tensor(step.biasColumns).values[column] ?? NaN;
    return values[(down * patterns + across) * outputs + output] ?? NaN;
  }

  function residual(step: DeployedResidual, x: Real): Real {
    const { outputShape: shape, channels } = step;
    const constant = step.constant === undefined ? [] : tensor(step.constant).values;
    const pixels = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const values = Array.from({ length: pixels * channels.length }, (_, at) => {
      return constant[at % channels.length] ?? 0;
    });
    const add = (own: Real, places: readonly number[]) => {
      own.values.forEach((value, at) => {
        const pixel = Math.floor(at / places.length);
        const to = pixel * channels.length + (places[at % places.length] ?? NaN);
        values[to] = (values[to] ?? NaN) + value;
      });
    };
    add(applyAll(step.branch, x), step.branchChannels);
    add(applyAll(step.shortcut, x), step.shortcutChannels);
    return activate(step.name, step.activation, { shape, values });
  }

  function activate(name: string, activation: DeployedActivation, { shape, values }: Real): Real {
    const { bits, beta, function: other } = activation;
    const step = gridStep(bits as BitWidth, beta ?? NaN, other === 'none');
    const positions = values.map((y) => (other === 'relu6' ? Math.min(y, 6) : y) / step);
    return { shape, values: Array.from(round(name, positions), (integer) => integer * step) };
  }

  function tensor(name: string) {
    const found = tensors[name];
    if (!found) throw new Error(`no tensor "${name}"`);
    return found;
  }
}
