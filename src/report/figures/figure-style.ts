/** How large a picture is drawn, all in points of 1/72 inch. */
export interface FigureStyle {
  readonly width: number;
  /** Of the part between the axes. */
  readonly plotHeight: number;
  readonly fontSize: number;
  /** Areas of marks, in square points. */
  readonly markArea: number;
  readonly seedArea: number;
  readonly lineWidth: number;
}

const print = { fontSize: 8, markArea: 22, seedArea: 4, lineWidth: 0.8 };
const screen = { fontSize: 12, markArea: 70, seedArea: 12, lineWidth: 1.4 };

/**
 * A column and the whole width of two in the class article on A4, the narrowest that there are (221 and 452 of TeX's
 * points, 72.27 an inch); a window, and that of a telephone.
 */
export const figureStyles = {
  column: { ...print, width: 220, plotHeight: 160 },
  page: { ...print, width: 450, plotHeight: 240, markArea: 30, seedArea: 6 },
  wide: { ...screen, width: 760, plotHeight: 400 },
  narrow: { ...screen, width: 350, plotHeight: 280, fontSize: 11, markArea: 45, seedArea: 8 },
} as const satisfies Readonly<Record<string, FigureStyle>>;

/** What is drawn of a trade-off, and how much of it. */
export interface FigureOptions {
  readonly y?: 'accuracy' | 'error' | undefined;
  /** Ends of the axes; undefined: as the rows have it. */
  readonly xLimits?: Limits | undefined;
  readonly yLimits?: Limits | undefined;
}

export type Limits = readonly [number, number];
