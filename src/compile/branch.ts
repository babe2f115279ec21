import * as tf from '@tensorflow/tfjs-core';
import { activeTracer } from './tracer.js';

/**
 * Computes something only if a condition holds at run time: an `if` that a compiled graph keeps.
 *
 *     const [sum] = branch(isOn, () => [tf.add(total, expensive(x))], [total]);
 *
 * In a graph the ops of `compute` are not executed where the condition is false; eagerly the
 * condition is read and `compute` not called. `compute` and `otherwise` give equally many tensors
 * of the same shapes and types.
 *
 * It has no gradient: call it inside the function or the gradient of a `tf.customGrad`.
 *
 * @param condition bool scalar
 * @throws Error where a gradient would have to pass through it, or shapes differ
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
  // As many tensors as compute() gives, in its order.
  return result as { [K in keyof T]: tf.Tensor };
}
