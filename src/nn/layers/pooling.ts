import { fittingWindows } from '../shapes.js';
import {
  isPadded,
  marginsOf,
  pairOf,
  shortMargins,
  shortSizes,
  windowsOver,
  type Padding,
  type Pair,
  type Sizes,
  type Windows,
} from '../windows.js';
import { imageShape, misfit, padding, sizes, type Shape } from './layer-type.js';

/** Windows of a pooling layer, in pixels. */
export interface Pooling {
  readonly size: Sizes;
  /** Default: the window size. */
  readonly stride?: Sizes;
  /** Default: none. Padded pixels are ignored by the pooling. */
  readonly padding?: Padding;
}

export const poolingKeys = {
  size: sizes(64, 'Height and width of a window, in pixels; or [rows, columns].'),
  stride: sizes(
    64,
    'Stride in pixels, down and to the right; or [rows, columns]. Default: the window size.',
  ).exactOptional(),
  padding: padding
    .exactOptional()
    .describe(
      'Padding on each side, in pixels, or [rows, columns]; less than size; pooling ignores the padding. same: the output has ceil(image size / stride) pixels; if the total padding is odd, the extra pixel is at the end; valid: none, the default.',
    ),
};

/** Whether padding is smaller than the window, so that no window is entirely outside of the image. */
export function isPaddingSmall({ size, padding = 0 }: Pooling): boolean {
  if (padding === 'same') return true;
  const kernel = pairOf(size);
  return marginsOf(padding).every((margins, axis) =>
    margins.every((pixels) => pixels < (kernel[axis] ?? NaN)),
  );
}

export const paddingIsSmall = {
  path: ['padding'],
  error: 'fewer pixels than size',
};

export function poolingWindows(layer: Pooling, [height, width]: Pair): Windows {
  const { size, stride = size, padding = 0 } = layer;
  return windowsOver([height, width], { kernel: size, stride, padding });
}

/** Whether windows are single pixels: pooling then only subsamples, and WebAssembly's kernels reject them. */
export function isPixel([rows, columns]: Pair): boolean {
  return rows === 1 && columns === 1;
}

/**
 * The output shape of pooling for one image.
 *
 * @throws MisfitError if no window fits, or if without a stride the windows do not cover the image
 */
export function pooledShape(layer: Pooling & { readonly type: string }, input: Shape): Shape {
  const [height, width, channels] = imageShape(layer, input);
  const windows = poolingWindows(layer, [height, width]);
  const { kernel } = windows;
  if (layer.stride === undefined && !isCovered([height, width], windows)) {
    const sizes = kernel[0] === kernel[1] ? kernel[0] : kernel.join(' and ');
    const expected = `a height and a width divisible by ${sizes}, or a stride, which leaves out the remainder`;
    throw misfit(layer, input, expected);
  }
  return [...fittingWindows(layer, input, windows), channels];
}

/** Whether adjacent windows cover the whole image. */
function isCovered(image: Pair, { kernel, padding }: Windows): boolean {
  return image.every((size, axis) => {
    const [before = 0, after = 0] = padding[axis] ?? [];
    return (size + before + after) % (kernel[axis] ?? NaN) === 0;
  });
}

/** Windows over images of one shape in the shortest form, without a stride if `pooledShape` allows it. */
export function deployedWindows(layer: Pooling, [height = NaN, width = NaN]: Shape): Pooling {
  const windows = poolingWindows(layer, [height, width]);
  const { kernel, stride, padding } = windows;
  const isSideBySide = kernel.join() === stride.join() && isCovered([height, width], windows);
  return {
    size: shortSizes(kernel),
    ...(isSideBySide ? {} : { stride: shortSizes(stride) }),
    ...(isPadded(padding) ? { padding: shortMargins(padding) } : {}),
  };
}
