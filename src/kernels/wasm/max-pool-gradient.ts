import * as tf from '@tensorflow/tfjs-core';
import { floatsOf, replaceKernel } from './kernel.js';

/**
 * The gradient of `MaxPool` without padding: each dy goes to the first maximum of its window, as in
 * TensorFlow. The backend's own kernel searches the positions one by one.
 */
export function registerMaxPoolGradient(): void {
  replaceKernel(tf.MaxPoolGrad, (call, original) => {
    const x = call.inputs['input'] as tf.Tensor4D;
    const dy = call.inputs['dy'] as tf.Tensor4D;
    const { filterSize, strides, pad, dimRoundingMode } =
      call.attrs as unknown as tf.MaxPoolGradAttrs;
    const info = tf.backend_util.computePool2DInfo(
      x.shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const { top, bottom, left, right } = info.padInfo;
    if (top + bottom + left + right > 0) return original(call);
    const dx = call.backend.makeOutput(x.shape, 'float32');
    route(info, floatsOf(call, x), floatsOf(call, dy), floatsOf(call, dx).fill(0));
    return dx;
  });
}

function route(
  info: tf.backend_util.Conv2DInfo,
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const firstRow = image * inHeight + outRow * strideHeight;
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const first = (firstRow * inWidth + outColumn * strideWidth) * channels;
        for (let channel = 0; channel < channels; channel++, at++) {
          let place = first + channel;
          let largest = x[place] as number;
          for (let row = 0; row < filterHeight; row++) {
            let next = first + channel + row * inWidth * channels;
            for (let column = 0; column < filterWidth; column++, next += channels) {
              const value = x[next] as number;
              if (value > largest) {
                largest = value;
                place = next;
              }
            }
          }
          // Windows may overlap.
          dx[place] = (dx[place] as number) + (dy[at] as number);
        }
      }
    }
  }
}
