/** One number for rows and columns, or one for each. */
export type Sizes = number | Pair;
export type Pair = readonly [rows: number, columns: number];

/** Padding in pixels before and after the rows and the columns. */
export type Margins = readonly [rows: Pair, columns: Pair];

/**
 * Padding around an image: none (`valid`), enough for ceil(size / stride) windows, any odd pixel being at the
 * end (`same`, as in TensorFlow), or a number of pixels on each side.
 */
export type Padding = 'same' | 'valid' | Sizes | Margins;

/** Windows over an image, in pixels. */
export interface Windows {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Margins;
}

export function pairOf(sizes: Sizes): Pair {
  return typeof sizes === 'number' ? [sizes, sizes] : sizes;
}

/** Resolve windows over an image of the given rows and columns. */
export function windowsOver(
  image: Pair,
  given: { readonly kernel: Sizes; readonly stride: Sizes; readonly padding: Padding },
): Windows {
  const [kernel, stride] = [pairOf(given.kernel), pairOf(given.stride)];
  const along = (axis: 0 | 1) => marginsAlong(image[axis], kernel[axis], stride[axis]);
  const padding =
    given.padding === 'same' ? ([along(0), along(1)] as const) : marginsOf(given.padding);
  return { kernel, stride, padding };
}

function marginsAlong(size: number, kernel: number, stride: number): Pair {
  const missing = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const before = Math.floor(missing / 2);
  return [before, missing - before];
}

export function marginsOf(padding: Exclude<Padding, 'same'>): Margins {
  const [rows, columns] = padding === 'valid' ? [0, 0] : pairsOf(padding);
  return [pairOf(rows), pairOf(columns)];
}

function pairsOf(padding: Sizes | Margins): readonly [Sizes, Sizes] {
  return typeof padding === 'number' ? [padding, padding] : padding;
}

/** The number of windows along rows and columns; below 1 if none fits. */
export function countWindows([height, width]: Pair, { kernel, stride, padding }: Windows): Pair {
  const along = (size: number, axis: 0 | 1) => {
    const [before, after] = padding[axis];
    return Math.floor((size + before + after - kernel[axis]) / stride[axis]) + 1;
  };
  return [along(height, 0), along(width, 1)];
}

export function isPadded(padding: Margins): boolean {
  return padding.flat().some((pixels) => pixels > 0);
}

/** The shortest notation: one number if rows and columns are equal. */
export function shortSizes([rows, columns]: Pair): Sizes {
  return rows === columns ? rows : [rows, columns];
}

/** The shortest notation of padding: one number if all four are equal. */
export function shortMargins(padding: Margins): number | Margins {
  const [first = 0, ...others] = padding.flat();
  return others.every((other) => other === first) ? first : padding;
}
