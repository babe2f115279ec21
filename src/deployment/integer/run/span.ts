import type { Windows } from '../../../nn/windows.js';

/** A window's start, and its pixels on the image: from `first` to `end - 1`. */
export interface Span {
  readonly start: number;
  readonly first: number;
  readonly end: number;
}

/** Locate a window. @param axis 0: rows, 1: columns @param at index of the window @param size of the image */
export function spanOf(
  { kernel, stride, padding }: Windows,
  axis: 0 | 1,
  at: number,
  size: number,
): Span {
  const start = at * stride[axis] - padding[axis][0];
  return { start, first: Math.max(0, start), end: Math.min(size, start + kernel[axis]) };
}
