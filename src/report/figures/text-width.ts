/**
 * Advance widths of Helvetica for the characters from space to tilde, in thousandths of the font size. Arial,
 * Arimo and Liberation Sans have the same widths by design.
 */
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
  556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
  611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
  667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
  222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const firstCode = 32;
/** Width of other characters: a digit's. */
const otherWidth = 556;
/** Approximate ratio of bold to regular widths. */
const boldFactor = 1.08;

/** Width of a text, in the unit of the font size. */
export function textWidth(text: string, fontSize: number, isBold = false): number {
  const units = Array.from(text, (character) => {
    return widths[(character.codePointAt(0) ?? 0) - firstCode] ?? otherWidth;
  }).reduce((sum, width) => sum + width, 0);
  return (units / 1000) * fontSize * (isBold ? boldFactor : 1);
}
