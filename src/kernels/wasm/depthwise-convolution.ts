import * as tf from '@tensorflow/tfjs-core';
import { floatsOf, replaceKernel, type Call } from './kernel.js';

type Shape4 = [number, number, number, number];

/**
 * The gradients of `DepthwiseConv2dNative` (without dilation) for dy at y, which the backend lacks. Output
 * channel `m c + q` is input channel c convolved with filter q of m:
 *
 *     dx[pixel, c] = sum over windows and q of dy[window, m c + q] w[place, c, q]
 *     dw[place, c, q] = sum over windows of dy[window, m c + q] x[pixel, c]
 */
export function registerDepthwiseGradients(): void {
  replaceKernel(tf.DepthwiseConv2dNativeBackpropInput, (call) => {
    const { inputShape } = call.attrs as unknown as { inputShape: Shape4 };
    const dy = call.inputs['dy'] as tf.Tensor4D;
    const filter = call.inputs['filter'] as tf.Tensor4D;
    const dx = call.backend.makeOutput([...inputShape], 'float32');
    const info = infoOf(call, inputShape, filter.shape);
    const [gradient, weights, given] = [dx, filter, dy].map((each) =>
      floatsOf(call, each),
    ) as Three;
    gradient.fill(0);
    forEachMeeting(info, (x, w, y) => {
      addInputs(info, gradient, weights, given, x, w, y);
    });
    return dx;
  });
  replaceKernel(tf.DepthwiseConv2dNativeBackpropFilter, (call) => {
    const { filterShape } = call.attrs as unknown as { filterShape: Shape4 };
    const x = call.inputs['x'] as tf.Tensor4D;
    const dy = call.inputs['dy'] as tf.Tensor4D;
    const dw = call.backend.makeOutput([...filterShape], 'float32');
    const info = infoOf(call, x.shape, filterShape);
    const [pixels, given] = [x, dy].map((each) => floatsOf(call, each)) as [
      Float32Array,
      Float32Array,
    ];
    // Float64, because a sum over all pixels of a batch loses precision in float32.
    const sums = new Float64Array(filterShape.reduce((a, b) => a * b));
    forEachMeeting(info, (x, w, y) => {
      addFilters(info, pixels, sums, given, x, w, y);
    });
    floatsOf(call, dw).set(sums);
    return dw;
  });
}

type Three = [Float32Array, Float32Array, Float32Array];

function infoOf({ attrs }: Call, inputShape: Shape4, filterShape: Shape4) {
  const { strides, pad, dimRoundingMode } = attrs as unknown as tf.DepthwiseConv2dNativeAttrs;
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    true,
  );
}

/** Receives the index of the first channel of a pixel of x, of a filter position, and of a pixel of y. */
type OnMeeting = (x: number, w: number, y: number) => void;

function forEachMeeting(info: tf.backend_util.Conv2DInfo, meet: OnMeeting): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  for (let image = 0; image < batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let row = 0; row < filterHeight; row++) {
        const xRow = outRow * strideHeight - padInfo.top + row;
        if (xRow < 0 || xRow >= inHeight) continue;
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          const y = ((image * outHeight + outRow) * outWidth + outColumn) * outChannels;
          const left = outColumn * strideWidth - padInfo.left;
          const last = Math.min(filterWidth, inWidth - left);
          for (let column = Math.max(0, -left); column < last; column++) {
            const x = ((image * inHeight + xRow) * inWidth + left + column) * inChannels;
            meet(x, (row * filterWidth + column) * outChannels, y);
          }
        }
      }
    }
  }
}

function addInputs(
  { inChannels, outChannels }: tf.backend_util.Conv2DInfo,
  dx: Float32Array,
  weights: Float32Array,
  dy: Float32Array,
  x: number,
  w: number,
  y: number,
): void {
  const filters = outChannels / inChannels;
  if (filters === 1) {
    for (let i = 0; i < inChannels; i++) {
      dx[x + i] = (dx[x + i] as number) + (weights[w + i] as number) * (dy[y + i] as number);
    }
    return;
  }
  for (let i = 0; i < outChannels; i++) {
    const at = x + Math.floor(i / filters);
    dx[at] = (dx[at] as number) + (weights[w + i] as number) * (dy[y + i] as number);
  }
}

function addFilters(
  { inChannels, outChannels }: tf.backend_util.Conv2DInfo,
  pixels: Float32Array,
  sums: Float64Array,
  dy: Float32Array,
  x: number,
  w: number,
  y: number,
): void {
  const filters = outChannels / inChannels;
  if (filters === 1) {
    for (let i = 0; i < inChannels; i++) {
      sums[w + i] = (sums[w + i] as number) + (pixels[x + i] as number) * (dy[y + i] as number);
    }
    return;
  }
  for (let i = 0; i < outChannels; i++) {
    const pixel = pixels[x + Math.floor(i / filters)] as number;
    sums[w + i] = (sums[w + i] as number) + pixel * (dy[y + i] as number);
  }
}
