import { textWidth } from './text-width.js';

/** A rectangle, in pixels from the top left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A text at a point. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly text: string;
  /** Middle of the text. */
  readonly x: number;
  readonly y: number;
}

/** Allowance for substitute fonts, most of which are a little wider. */
const otherFonts = 1.15;
/** Height of a letter as a fraction of the font size. */
const heightOfLetters = 0.8;

/**
 * Place texts next to their points so that none covers another text, a point or anything else in `taken`:
 * each takes the first free position around its point, and is omitted if there is none.
 *
 * @param within the area that texts must stay in
 * @param taken boxes that must not be covered, including the points
 * @param avoided boxes that should not be covered
 */
export function placeLabels(
  labels: readonly Label[],
  fontSize: number,
  within: Box,
  taken: readonly Box[],
  avoided: readonly Box[] = [],
): (PlacedLabel | undefined)[] {
  const full = [...taken];
  return labels.map((label) => {
    const places = placesAround(label, fontSize).filter(({ box }) => isInside(box, within));
    const free = places.filter(({ box }) => !full.some((other) => overlap(box, other)));
    const place = free.find(({ box }) => !avoided.some((other) => overlap(box, other))) ?? free[0];
    if (place === undefined) return undefined;
    full.push(place.box);
    return { text: label.text, x: place.x, y: place.y };
  });
}

/** Right, left, above, below, then the corners; nearby first, then a little farther away. */
const directions = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const;
const distances = [8, 15];

function placesAround(
  { x, y, text }: Label,
  fontSize: number,
): { readonly x: number; readonly y: number; readonly box: Box }[] {
  const halfWidth = (textWidth(text, fontSize) * otherFonts) / 2;
  const halfHeight = (fontSize * heightOfLetters) / 2;
  return distances.flatMap((distance) =>
    directions.map(([right, down]) => {
      // Bring diagonal positions closer, as their corners are farther away than sides.
      const by = right !== 0 && down !== 0 ? distance * 0.75 : distance;
      const middle = { x: x + right * (by + halfWidth), y: y + down * (by + halfHeight) };
      return {
        ...middle,
        box: {
          left: middle.x - halfWidth,
          right: middle.x + halfWidth,
          top: middle.y - halfHeight,
          bottom: middle.y + halfHeight,
        },
      };
    }),
  );
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isInside(box: Box, around: Box): boolean {
  return (
    box.left >= around.left &&
    box.right <= around.right &&
    box.top >= around.top &&
    box.bottom <= around.bottom
  );
}
