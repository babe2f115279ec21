import { bitWidths } from '../../bayesian-bits/gates.js';

/**
 * Lighter for fewer bits: ColorBrewer's YlGnBu, for print and for any colour vision, with a yellow that
 * can be seen on white.
 */
const range = ['#f7eea1', '#a1dab4', '#41b6c4', '#2c7fb8', '#253494'];

/** Colours of bit widths. */
export const bitColours = { domain: [...bitWidths], range };

/** Of text on those colours, as a Vega expression of `datum.value`. */
export const textOnBits = "datum.value >= 16 ? '#ffffff' : '#333333'";
