import * as tf from '@tensorflow/tfjs-core';
import { activeTracer } from './tracer.js';

/**
 * Compute something only if a condition holds at run time: an `if` that a compiled graph keeps.
 *
 *     const [sum] = branch(isOn, () => [tf.add(total, expensive(x))], [total]);
 *
 * If the condition is false, a graph does not run the ops of `compute`, and eager mode does not call it; XLA
 * always computes it and selects a result. `compute` returns as many tensors as `otherwise` has, with the
 * same shapes and types.
 *
 * It has no gradient: call it inside the function or the gradient of a `tf.customGrad`.
 *
 * @param condition bool scalar
 * @throws Error if a gradient passes through it or the condition is not a bool scalar; in a graph, also if
 *   shapes or types differ
 */
export function branch<const T extends readonly tf.Tensor[]>(
  condition: tf.Tensor,
  compute: () => T,
  otherwise: T,
): { [K in keyof T]: tf.Tensor } {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  if (gradientDepth > 0 && kernelDepth === 0) {
    throw new Error('compile: branch() has no gradient; call it inside a tf.customGrad');
  }
  if (condition.dtype !== 'bool' || condition.size !== 1) {
    throw new Error(
      `compile: the condition of a branch is ${condition.dtype}[${condition.shape.join(',')}]; ` +
        'expected a bool scalar',
    );
  }
  const result = activeTracer
    ? activeTracer.branch(condition, compute, otherwise)
    : condition.dataSync()[0]
      ? compute()
      : otherwise.map((tensor) => tensor.clone());
  // As many tensors as compute() returns, in the same order.
  return result as { [K in keyof T]: tf.Tensor };
}
