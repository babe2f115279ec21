import * as tf from '@tensorflow/tfjs-core';
import { floatsOf, replaceKernel, type Call } from './kernel.js';

/** A convolution's geometry; `pad` is its zero padding. */
interface Geometry {
  readonly x: Shape;
  readonly kernel: readonly [rows: number, columns: number];
  readonly stride: readonly [rows: number, columns: number];
  readonly pad: { readonly top: number; readonly left: number };
  readonly y: Shape;
}

/** [batch, height, width, channels] */
type Shape = readonly [number, number, number, number];

/**
 * The gradients of `Conv2D` (without dilation) for dy at y. The backend lacks the filter's gradient, and its
 * input gradient takes ten times as long.
 */
export function registerConvolutionGradients(): void {
  replaceKernel(tf.Conv2DBackpropFilter, (call) => {
    const { filterShape } = call.attrs as unknown as { filterShape: Shape };
    const x = call.inputs['x'] as tf.Tensor4D;
    const dy = call.inputs['dy'] as tf.Tensor4D;
    const geometry = geometryOf(call, x.shape, filterShape);
    return tf.tidy(() =>
      x.shape[3] < fewChannels
        ? filterGradientByColumns(geometry, call, x, dy)
        : filterGradientByConvolution(geometry, x, dy),
    );
  });
  replaceKernel(tf.Conv2DBackpropInput, (call) => {
    const { inputShape } = call.attrs as unknown as { inputShape: Shape };
    const dy = call.inputs['dy'] as tf.Tensor4D;
    const filter = call.inputs['filter'] as tf.Tensor4D;
    return inputGradient(geometryOf(call, inputShape, filter.shape), call, dy, filter);
  });
}

/** With fewer input channels, which become the batch, a convolution with dy as its filter is inefficient. */
const fewChannels = 8;

function geometryOf({ attrs }: Call, inputShape: Shape, filterShape: Shape): Geometry {
  const { strides, pad, dimRoundingMode, dataFormat } = attrs as unknown as tf.Conv2DAttrs;
  if (dataFormat !== 'NHWC') throw new Error(`Conv2D: expected NHWC, found ${dataFormat}`);
  const info = tf.backend_util.computeConv2DInfo(
    [...inputShape],
    [...filterShape],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    x: inputShape,
    kernel: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    pad: info.padInfo,
    y: info.outShape,
  };
}

/**
 * `dW = x' * dy'`: x with images and channels exchanged, convolved with dy as the filter, whose input
 * channels are the images of dy. A stride dilates dy.
 */
function filterGradientByConvolution(
  { x: [, height, width], kernel: [rows, columns], stride, pad, y }: Geometry,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
): tf.Tensor {
  const reach = [(y[1] - 1) * stride[0] + rows, (y[2] - 1) * stride[1] + columns] as const;
  const around = (before: number, reach: number, size: number): [number, number] => [
    before,
    Math.max(reach - size - before, 0),
  ];
  const zeros = [
    [0, 0],
    around(pad.top, reach[0], height),
    around(pad.left, reach[1], width),
    [0, 0],
  ] as [[number, number], [number, number], [number, number], [number, number]];
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const gradient = tf.conv2d(images, filter, 1, zeros, 'NHWC', [...stride]);
  // If the stride skips the last pixels of x, there are more rows than the filter has.
  const part = tf.slice(gradient, [0, 0, 0, 0], [x.shape[3], rows, columns, dy.shape[3]]);
  return tf.transpose(part, [1, 2, 0, 3]);
}

/** `dW = columns dy`, where a row of columns holds the pixels of x at one position of the filter. */
function filterGradientByColumns(
  geometry: Geometry,
  call: Call,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
): tf.Tensor {
  const {
    x: [, , , channels],
    kernel,
    y,
  } = geometry;
  const [batch, outRows, outColumns, outChannels] = y;
  const columns = tf.zeros([kernel[0] * kernel[1] * channels, batch * outRows * outColumns]);
  fillColumns(geometry, floatsOf(call, x), floatsOf(call, columns));
  const gradient = tf.matMul(columns, tf.reshape(dy, [-1, outChannels]));
  return tf.reshape(gradient, [...kernel, channels, outChannels]);
}

/** Fill the columns of `filterGradientByColumns`, skipping positions in the zero padding. */
function fillColumns(
  { x: [batch, height, width, channels], kernel, stride, pad, y }: Geometry,
  x: Float32Array,
  columns: Float32Array,
): void {
  const [, outRows, outColumns] = y;
  let at = 0;
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let image = 0; image < batch; image++) {
          for (let outRow = 0; outRow < outRows; outRow++, at += outColumns) {
            const xRow = outRow * stride[0] - pad.top + row;
            if (xRow < 0 || xRow >= height) continue;
            const start = (image * height + xRow) * width;
            for (let i = 0; i < outColumns; i++) {
              const xColumn = i * stride[1] - pad.left + column;
              if (xColumn < 0 || xColumn >= width) continue;
              columns[at + i] = x[(start + xColumn) * channels + channel] as number;
            }
          }
        }
      }
    }
  }
}

/** Floats of a product that are computed at once, before they are summed: about what fits in a cache. */
const productSize = 2 ** 20;

/** `dx`: add each row of `dy W^T` to the pixels of x under the filter. */
function inputGradient(
  geometry: Geometry,
  call: Call,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
): tf.TensorInfo {
  const [batch, outRows, outColumns, outChannels] = geometry.y;
  const [rows, columns, channels] = filter.shape;
  const rowLength = rows * columns * channels;
  const imagesAtOnce = Math.ceil(productSize / (outRows * outColumns * rowLength));
  const dx = call.backend.makeOutput([...geometry.x], 'float32');
  floatsOf(call, dx).fill(0);
  tf.tidy(() => {
    const weights = tf.transpose(tf.reshape(filter, [rowLength, outChannels]));
    for (let from = 0; from < batch; from += imagesAtOnce) {
      const count = Math.min(imagesAtOnce, batch - from);
      tf.tidy(() => {
        const part = imagesOf(call, dy, from, count);
        const product = tf.matMul(tf.reshape(part, [-1, outChannels]), weights);
        addRows(geometry, floatsOf(call, product), floatsOf(call, dx), from, count);
      });
    }
  });
  return dx;
}

/** Some of the images. (The backend's slice copies all images first.) */
function imagesOf(call: Call, images: tf.Tensor4D, from: number, count: number): tf.Tensor4D {
  const [, ...shape] = images.shape;
  const length = tf.util.sizeFromShape(shape);
  const part = call.backend.makeOutput([count, ...shape], 'float32');
  const all = floatsOf(call, images);
  floatsOf(call, part).set(all.subarray(from * length, (from + count) * length));
  return tf.engine().makeTensorFromTensorInfo(part) as tf.Tensor4D;
}

/** Add the rows of some images' product to dx. */
function addRows(
  { x: [, height, width, channels], kernel: [rows, columns], stride, pad, y }: Geometry,
  product: Float32Array,
  dx: Float32Array,
  firstImage: number,
  images: number,
): void {
  const [, outRows, outColumns] = y;
  const length = columns * channels;
  let at = 0;
  for (let image = firstImage; image < firstImage + images; image++) {
    for (let outRow = 0; outRow < outRows; outRow++) {
      for (let outColumn = 0; outColumn < outColumns; outColumn++) {
        const left = outColumn * stride[1] - pad.left;
        // The filter's columns outside the zero padding.
        const from = Math.max(0, -left) * channels;
        const to = Math.min(columns, width - left) * channels;
        for (let row = 0; row < rows; row++, at += length) {
          const xRow = outRow * stride[0] - pad.top + row;
          if (xRow < 0 || xRow >= height) continue;
          const target = ((image * height + xRow) * width + left) * channels;
          for (let i = from; i < to; i++) {
            dx[target + i] = (dx[target + i] as number) + (product[at + i] as number);
          }
        }
      }
    }
  }
}
