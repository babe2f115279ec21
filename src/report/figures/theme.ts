import type { Config } from 'vega-lite';

/**
 * Colors that people with any color vision can distinguish (Okabe and Ito, 2008), which also differ in
 * lightness, for print.
 */
export const colors = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  black: '#000000',
  vermillion: '#D55E00',
  gray: '#767676',
} as const;

/** For series; vermillion is reserved for published results. */
export const seriesColors: readonly string[] = [
  colors.blue,
  colors.green,
  colors.purple,
  colors.sky,
  colors.black,
  colors.orange,
];

/** For more series: Paul Tol's muted scheme (technical note SRON/EPS/TN/09-002, 2021). */
export const manyColors: readonly string[] = [
  '#332288',
  '#cc6677',
  '#117733',
  '#88ccee',
  '#882255',
  '#999933',
  '#aa4499',
  '#44aa99',
  '#ddaa33',
];

/** Outlines within 1 of the center, as Vega has no star, no hourglass and no diagonal cross. */
const lyingCross =
  'M-.42,-.99L0,-.57L.42,-.99L.99,-.42L.57,0L.99,.42L.42,.99L0,.57L-.42,.99L-.99,.42L-.57,0L-.99,-.42Z';
const hourglass = 'M-.95,-1L.95,-1L.2,0L.95,1L-.95,1L-.2,0Z';
const star =
  'M0,-1.1L.26,-.36L1.05,-.34L.43,.14L.65,.89L0,.45L-.65,.89L-.43,.14L-1.05,-.34L-.26,-.36Z';

/** Few series share a shape, and those of one color differ in shape, so that they differ in grayscale too. */
export const seriesShapes: readonly string[] = [
  'circle',
  'square',
  'triangle-up',
  'triangle-down',
  'cross',
  star,
  lyingCross,
  hourglass,
];

/** Metric-compatible fonts, so that a picture looks the same everywhere. */
export const fontFamily = 'Arimo, Arial, Helvetica, Liberation Sans, sans-serif';

/** On screens. */
export const fontSize = 12;

const text = '#333333';

/** @param size of all text, in the picture's units */
export const themeOf = (size: number): Config => ({
  background: '#ffffff',
  font: fontFamily,
  padding: size / 1.5,
  view: { stroke: null },
  axis: {
    labelFontSize: size,
    titleFontSize: size,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    gridColor: '#e6e6e6',
    domainColor: '#888888',
    tickColor: '#888888',
    titlePadding: size / 2,
    labelPadding: size / 3,
    tickSize: size / 2.4,
    gridWidth: size / 14,
    domainWidth: size / 12,
    tickWidth: size / 12,
  },
  legend: {
    labelFontSize: size,
    titleFontSize: size,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    labelLimit: 600,
    titleLimit: 600,
  },
  title: { fontSize: size + 1, fontWeight: 'bold', color: text, anchor: 'start', limit: 800 },
  header: { labelFontSize: size, titleFontSize: size, labelColor: text, titleColor: text },
});
