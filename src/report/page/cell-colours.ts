/** Colours of cells in tables, lighter for less, on white and on black; text on them is black but where it says. */

/** ColorBrewer's YlGnBu, for print and for any colour vision, with a yellow that can be seen on white; by bit width. */
export const bitColours: Readonly<Record<number, readonly [ground: string, text: string]>> = {
  2: ['#f7eea1', '#222'],
  4: ['#a1dab4', '#222'],
  8: ['#41b6c4', '#222'],
  16: ['#2c7fb8', '#fff'],
  32: ['#253494', '#fff'],
};

/** In tenths, from nothing to all: of kept channels. */
export const shades = between([255, 255, 255], [158, 158, 158]);

/** In tenths: of how likely a gate is to be open. */
export const blues = between([222, 235, 247], [8, 48, 107]);

type Rgb = readonly [number, number, number];

/** Eleven colours. */
function between(from: Rgb, to: Rgb): string[] {
  return Array.from({ length: 11 }, (_, tenth) => {
    const mixed = from.map((start, index) => {
      return Math.round(start + ((to[index] ?? start) - start) * (tenth / 10));
    });
    return `rgb(${mixed.join(' ')})`;
  });
}
