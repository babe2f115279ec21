import * as tf from '@tensorflow/tfjs-core';
import { inScope } from '../../compile/scope.js';
import type { BitWidth } from '../../bayesian-bits/gates.js';
import { quantizeAt } from '../../bayesian-bits/quantizer.js';
import { testGates } from '../../bayesian-bits/sample.js';
import { deviceTensors } from '../../nn/device-tensor.js';
import { forward } from '../../nn/forward.js';
import { product } from '../../nn/shapes.js';
import { hostLayout, quantizersFrom, quantizerValues } from '../../training/host-vector.js';
import { betaOf, phiOf, testTimeQuantizer } from '../../training/quantizer-state.js';
import type { StoredRun } from '../read-run.js';

/** The integers of a quantizer of at most 16 bits for some images, in the trained network. */
export interface ReferenceIntegers {
  /** Shape of one image, channels last, with all trained channels. */
  readonly shape: readonly number[];
  /** Values before rounding, in steps of the grid. */
  readonly positions: Float64Array;
  readonly integers: Float32Array;
  /** Number of steps from 0 to the end of the grid. */
  readonly levels: number;
}

export interface Reference {
  /** Of each image in `shown`. */
  readonly logits: readonly Float32Array[];
  /** By name of the layer or sum. */
  readonly activations: ReadonlyMap<string, ReferenceIntegers>;
}

/**
 * Compute a run's network like `bbits evaluate`, but operation by operation, recording its quantizers'
 * integers.
 *
 * @param images shape [batch, height, width, channels]
 * @param shown indices of the images to record
 */
export function reference(
  { plan, quantizers, weights }: StoredRun,
  images: Float32Array,
  shown: readonly number[],
): Reference {
  const activations = new Map<string, ReferenceIntegers>();
  const bySite = new Map(quantizers.map((quantizer) => [quantizer.site.name, quantizer]));
  return inScope(() => {
    const sites = quantizers.map(({ site }) => site);
    const host = hostLayout(sites, { rates: {} });
    const values = quantizers.map((quantizer) =>
      quantizerValues(quantizer, testGates(quantizer.distribution, phiOf(quantizer))),
    );
    const vector = tf.tensor1d(host.pack(Object.assign({}, ...values) as (typeof values)[number]));
    const own = quantizersFrom(sites, host.unpackTensor(vector));
    const places = tf.tensor1d([...shown], 'int32');
    const x = tf.tensor(images, [images.length / product(plan.imageShape), ...plan.imageShape]);
    const recording: typeof own = {
      ...own,
      activation(name, beforeRelu, nonlinearity) {
        record(name, tf.gather(beforeRelu, places));
        return own.activation(name, beforeRelu, nonlinearity);
      },
    };
    const { logits } = forward(plan, deviceTensors(weights), x, recording, 'test');
    const rows = tf.unstack(tf.gather(logits, places));
    return { logits: rows.map((row) => row.dataSync() as Float32Array), activations };
  });

  function record(name: string, x: tf.Tensor): void {
    const quantizer = bySite.get(name);
    if (!quantizer?.site.rounded) return;
    const { bits } = testTimeQuantizer(quantizer);
    if (bits > 16) return;
    const { signed, layer } = quantizer.site;
    const beta = tf.scalar(betaOf(quantizer));
    const { integers, step } = quantizeAt(x, signed, beta, bits as BitWidth);
    const [width = NaN] = step.dataSync();
    activations.set(layer, {
      shape: x.shape.slice(1),
      positions: Float64Array.from(x.dataSync(), (value) => value / width),
      integers: integers.dataSync() as Float32Array,
      levels: 2 ** (signed ? bits - 1 : bits) - 1,
    });
  }
}
