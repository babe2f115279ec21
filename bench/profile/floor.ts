import type { KernelRun, Output } from './step-stats.js';

/** Minimum work of a kernel: operations of a convolution or matrix product, or bytes to move. */
export interface Work {
  readonly operations: number;
  readonly bytes: number;
}

/** Measured rates of a machine, per second. */
export interface Rates {
  /** Multiplications and additions, in a matrix product. */
  readonly operations: number;
  /** Bytes read and written, in a pass over arrays larger than any cache. */
  readonly bytes: number;
}

/** Minimum milliseconds for some work. */
export function floorMs({ operations, bytes }: Work, rates: Rates): number {
  return 1000 * (operations / rates.operations + bytes / rates.bytes);
}

/** Kernels that pass tensors on, or make small ones regardless of their inputs' size. */
const moveNothing = new Set([
  ...[
    'Const',
    'Identity',
    'IdentityN',
    'Merge',
    'NoOp',
    'Placeholder',
    'ReadVariableOp',
    'Reshape',
  ],
  ...['Squeeze', 'ExpandDims', 'Switch', 'VarHandleOp', '_Arg', '_Retval', '_SwitchN', 'Shape'],
  // A variable takes over the tensor's memory.
  'AssignVariableOp',
]);

/** Total work of each op's kernels. */
export function workByOp(runs: readonly KernelRun[]): Map<string, Work> {
  const made = new Map<string, Output>();
  for (const { node, outputs } of runs) {
    outputs.forEach((output, index) => {
      if (output) made.set(index === 0 ? node : `${node}:${index}`, output);
    });
  }
  const total = new Map<string, Work>();
  for (const run of runs) {
    const inputs = run.inputs.map((name) => made.get(name));
    const { operations, bytes } = workOf(run, inputs);
    const before = total.get(run.op) ?? { operations: 0, bytes: 0 };
    total.set(run.op, {
      operations: before.operations + operations,
      bytes: before.bytes + bytes,
    });
  }
  return total;
}

/**
 * A convolution multiplies and adds `filter size / output channels` weights for each number of its output (or
 * dy). A product of matrices [m, k] and [k, n] takes 2 m k n operations, where k^2 follows from the three
 * sizes. All other kernels read their inputs once and write their outputs once.
 */
function workOf({ op, outputs }: KernelRun, inputs: readonly (Output | undefined)[]): Work {
  if (moveNothing.has(op)) return { operations: 0, bytes: 0 };
  const [first, second, third] = inputs;
  const [made] = outputs;
  if (/Conv2DBackpropInput/.test(op)) return convolution(third, second);
  if (/Conv2DBackpropFilter/.test(op)) return convolution(third, made);
  if (/Conv2D/.test(op)) return convolution(made, second);
  if (/MatMul/.test(op)) return product(first, second, made);
  const bytes = [...inputs, ...outputs].reduce((sum, tensor) => sum + (tensor?.bytes ?? 0), 0);
  return { operations: 0, bytes };
}

function convolution(image: Output | undefined, filter: Output | undefined): Work {
  const weights = sizeOf(filter) / (filter?.shape.at(-1) ?? NaN);
  return { operations: 2 * sizeOf(image) * weights, bytes: 0 };
}

function product(a?: Output, b?: Output, made?: Output): Work {
  const matrices = (made?.shape ?? []).slice(0, -2).reduce((x, y) => x * y, 1);
  const common = Math.sqrt((sizeOf(a) * sizeOf(b)) / (sizeOf(made) * matrices));
  return { operations: 2 * sizeOf(made) * common, bytes: 0 };
}

function sizeOf(tensor: Output | undefined): number {
  return tensor?.shape.reduce((a, b) => a * b, 1) ?? NaN;
}
