import type { Config } from 'vega-lite';

/**
 * Colours that people with any colour vision tell apart (Okabe and Ito, 2008), and that differ in
 * lightness too, for print.
 */
export const colours = {
  blue: '#0072B2',
  orange: '#E69F00',
  green: '#009E73',
  purple: '#CC79A7',
  sky: '#56B4E9',
  black: '#000000',
  vermillion: '#D55E00',
  grey: '#767676',
} as const;

/** For series; vermillion is that of published results. */
export const seriesColours: readonly string[] = [
  colours.blue,
  colours.green,
  colours.purple,
  colours.sky,
  colours.black,
  colours.orange,
];

/** One less than the colours: series that share a colour have another shape. */
export const seriesShapes: readonly string[] = [
  'circle',
  'square',
  'triangle-up',
  'triangle-down',
  'cross',
];

/** The same widths in all of them, so that a picture looks the same wherever it is drawn. */
export const fontFamily = 'Arimo, Arial, Helvetica, Liberation Sans, sans-serif';

export const fontSize = 12;

const text = '#333333';

export const theme: Config = {
  background: '#ffffff',
  font: fontFamily,
  padding: 8,
  view: { stroke: null },
  axis: {
    labelFontSize: fontSize,
    titleFontSize: fontSize,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    gridColor: '#e6e6e6',
    domainColor: '#888888',
    tickColor: '#888888',
    titlePadding: 8,
    labelPadding: 4,
  },
  legend: {
    labelFontSize: fontSize,
    titleFontSize: fontSize,
    titleFontWeight: 'normal',
    labelColor: text,
    titleColor: text,
    labelLimit: 600,
    titleLimit: 600,
  },
  title: { fontSize: fontSize + 1, fontWeight: 'bold', color: text, anchor: 'start', limit: 800 },
  header: { labelFontSize: fontSize, titleFontSize: fontSize, labelColor: text, titleColor: text },
};
