/** Sizes of a picture, in points of 1/72 inch. */
export interface FigureStyle {
  readonly width: number;
  /** Height between the axes. */
  readonly plotHeight: number;
  readonly fontSize: number;
  /** Mark areas, in square points. */
  readonly markArea: number;
  readonly seedArea: number;
  readonly lineWidth: number;
}

const print = { fontSize: 8, markArea: 22, seedArea: 4, lineWidth: 0.8 };
const screen = { fontSize: 12, markArea: 70, seedArea: 12, lineWidth: 1.4 };

/**
 * A column and the full width of a two-column article on A4, the narrowest in use (221 and 452 TeX points,
 * 72.27 to the inch); a desktop window and a phone screen.
 */
export const figureStyles = {
  column: { ...print, width: 220, plotHeight: 160 },
  page: { ...print, width: 450, plotHeight: 240, markArea: 30, seedArea: 6 },
  wide: { ...screen, width: 760, plotHeight: 400 },
  narrow: { ...screen, width: 350, plotHeight: 280, fontSize: 11, markArea: 45, seedArea: 8 },
} as const satisfies Readonly<Record<string, FigureStyle>>;

/** What a trade-off figure shows. */
export interface FigureOptions {
  readonly y?: 'accuracy' | 'error' | undefined;
  /** Ends of the axes; undefined: chosen from the rows. */
  readonly xLimits?: Limits | undefined;
  readonly yLimits?: Limits | undefined;
}

export type Limits = readonly [number, number];
