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

/** Windows of a pooling layer. */
export interface Pooling {
  readonly size: Sizes;
  /** Absent: windows side by side. */
  readonly stride?: Sizes;
  /** Absent: none. What is added takes no part in what a window gives. */
  readonly padding?: Padding;
}

export const poolingKeys = {
  size: sizes(64, 'Height and width of a window, in pixels; or [rows, columns].'),
  stride: sizes(
    64,
    'Pixels from one window to the next; or [rows, columns]. Without it windows lie side by side.',
  ).exactOptional(),
  padding: padding
    .exactOptional()
    .describe(
      'What is added around the image: so many pixels on each side, [rows, columns], same: as many as give one window for each stride, valid: none, as without the key. They take no part in what a window gives.',
    ),
};

/** Of how many pixels padding has fewer than the window, so that no window lies outside of the image. */
export function isPaddingSmall({ size, padding = 0 }: Pooling): boolean {
  if (padding === 'same') return true;
  const kernel = pairOf(size);
  return marginsOf(padding).every((margins, axis) =>
    margins.every((pixels) => pixels < (kernel[axis] ?? NaN)),
  );
}

export const paddingIsSmall = {
  path: ['padding'],
  error: 'fewer pixels than the window has',
};

export function poolingWindows(layer: Pooling, [height, width]: Pair): Windows {
  const { size, stride = size, padding = 0 } = layer;
  return windowsOver([height, width], { kernel: size, stride, padding });
}

/** Of a single pixel there is nothing to pool, and WebAssembly's kernels refuse it. */
export function isPixel([rows, columns]: Pair): boolean {
  return rows === 1 && columns === 1;
}

/** @throws MisfitError where no window fits, or those side by side do not cover the image */
export function pooledShape(layer: Pooling & { readonly type: string }, input: Shape): Shape {
  const [height, width, channels] = imageShape(layer, input);
  const windows = poolingWindows(layer, [height, width]);
  const { kernel } = windows;
  if (layer.stride === undefined && !isCovered([height, width], windows)) {
    const sizes =
      kernel[0] === kernel[1] ? `${kernel[0]} divides` : `${kernel.join(' and ')} divide`;
    const expected = `a height and a width that ${sizes}, or a stride, with which the rest is left out`;
    throw misfit(layer, input, expected);
  }
  return [...fittingWindows(layer, input, windows), channels];
}

/** Whether windows side by side leave nothing out. */
function isCovered(image: Pair, { kernel, padding }: Windows): boolean {
  return image.every((size, axis) => {
    const [before = 0, after = 0] = padding[axis] ?? [];
    return (size + before + after) % (kernel[axis] ?? NaN) === 0;
  });
}

/** The windows over images of one shape, as short as they can be said: see `pooledShape` for the stride. */
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
