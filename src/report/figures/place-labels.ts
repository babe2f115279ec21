import { textWidth } from './text-width.js';

/** A rectangle, in pixels from the top left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A text that belongs to a point. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly text: string;
  /** Of the text's middle. */
  readonly x: number;
  readonly y: number;
}

/** Where the font is not there, another one takes its place, and most are a little wider. */
const otherFonts = 1.15;
/** How much of a line a letter takes from its bottom to its top. */
const heightOfLetters = 0.8;

/**
 * Puts texts next to their points so that none covers another one, a point, or anything else: the
 * first of the places around the point that is free. A text that finds none is left out.
 *
 * @param within where texts may be
 * @param taken what must not be covered, the points included
 * @param avoided what is better not covered
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

/** Right, left, above, below, then the corners, near and then a little farther. */
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
      // Beside the point a corner is nearer than a side.
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
