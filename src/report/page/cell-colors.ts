/** Colors of table cells, lighter for lower values; text is black unless its color is given. */

/** By bit width: ColorBrewer's YlGnBu, for print and any color vision, with a yellow visible on white. */
export const bitColors: Readonly<Record<number, readonly [ground: string, text: string]>> = {
  2: ['#f7eea1', '#222'],
  4: ['#a1dab4', '#222'],
  8: ['#41b6c4', '#222'],
  16: ['#2c7fb8', '#fff'],
  32: ['#253494', '#fff'],
};

/** Kept channels, in tenths from none to all. */
export const shades = between([255, 255, 255], [158, 158, 158]);

/** Probability that a gate is open, in tenths. */
export const blues = between([222, 235, 247], [8, 48, 107]);

type Rgb = readonly [number, number, number];

/** Eleven colors, interpolated linearly. */
function between(from: Rgb, to: Rgb): string[] {
  return Array.from({ length: 11 }, (_, tenth) => {
    const mixed = from.map((start, index) => {
      return Math.round(start + ((to[index] ?? start) - start) * (tenth / 10));
    });
    return `rgb(${mixed.join(' ')})`;
  });
}
