import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeLabels, type Box, type PlacedLabel } from '../../src/report/figures/place-labels.js';
import { textWidth } from '../../src/report/figures/text-width.js';

const fontSize = 10;
const text = 'mu 0.1';
const point = { x: 200, y: 100, text };
const everywhere: Box = { left: 0, top: 0, right: 400, bottom: 200 };
/** Half the size of the text, with a margin for other fonts. */
const [halfWidth, halfHeight] = [(1.15 * textWidth(text, fontSize)) / 2, 4];

const boxAt = ({ x, y }: { x: number; y: number }): Box => ({
  left: x - halfWidth,
  right: x + halfWidth,
  top: y - halfHeight,
  bottom: y + halfHeight,
});
const boxOf = (placed: PlacedLabel | undefined): Box => boxAt(placed ?? { x: NaN, y: NaN });

/** Offset from the point to the middle of the text: beside it, above or below it, and at a corner. */
const [beside, away] = [8 + halfWidth, 8 + halfHeight];
const corner = [6 + halfWidth, 6 + halfHeight] as const;
const near = [
  ['right', beside, 0],
  ['left', -beside, 0],
  ['above', 0, -away],
  ['below', 0, away],
  ['above on the right', corner[0], -corner[1]],
  ['above on the left', -corner[0], -corner[1]],
  ['below on the right', corner[0], corner[1]],
  ['below on the left', -corner[0], corner[1]],
] as const;

/** One pixel in the middle of each of the first places, which suffices to occupy it. */
const pixels = (count: number): Box[] =>
  near.slice(0, count).map(([, right, down]) => {
    const [x, y] = [point.x + right, point.y + down];
    return { left: x - 0.5, right: x + 0.5, top: y - 0.5, bottom: y + 0.5 };
  });

describe('a label is placed', () => {
  test.each(near.map((each, index) => [index, ...each] as const))(
    'with %i places occupied: %s',
    (taken, _, right, down) => {
      const [placed] = placeLabels([point], fontSize, everywhere, pixels(taken));
      expect(placed?.text).toBe(text);
      expect(placed?.x).toBeCloseTo(point.x + right, 9);
      expect(placed?.y).toBeCloseTo(point.y + down, 9);
    },
  );

  test('farther away if all near places are occupied', () => {
    const [placed] = placeLabels([point], fontSize, everywhere, pixels(8));
    // On the left it would cover the occupied near place.
    expect(placed?.x).toBeCloseTo(point.x, 9);
    expect(placed?.y).toBeCloseTo(point.y - 15 - halfHeight, 9);
  });

  test('nowhere without room', () => {
    const box = { ...everywhere, left: 150, right: 250 };
    expect(placeLabels([point], fontSize, everywhere, [box])).toEqual([undefined]);
    expect(placeLabels([point], fontSize, { ...everywhere, bottom: 7.9 }, [])).toEqual([undefined]);
  });

  test('off the boxes to avoid, if possible', () => {
    const [off] = placeLabels([point], fontSize, everywhere, [], pixels(2));
    expect(off?.y).toBeCloseTo(point.y - away, 9);
    const [on] = placeLabels([point], fontSize, everywhere, pixels(1), [everywhere]);
    expect(on?.x).toBeCloseTo(point.x - beside, 9);
  });

  test.each(['left', 'right', 'top', 'bottom'] as const)('flush with the picture: %s', (side) => {
    const place = boxAt({ x: point.x + beside, y: point.y });
    const [fits] = placeLabels([point], fontSize, place, []);
    expect(fits?.x).toBeCloseTo(point.x + beside, 9);
    const inwards = side === 'left' || side === 'top' ? 0.01 : -0.01;
    const smaller = { ...place, [side]: place[side] + inwards };
    expect(placeLabels([point], fontSize, smaller, [])).toEqual([undefined]);
  });

  test.each(['left', 'right', 'top', 'bottom'] as const)(
    'flush with an occupied box: %s',
    (side) => {
      const place = boxAt({ x: point.x + beside, y: point.y });
      const opposite = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' } as const;
      // As large as the place, and touching it on that side.
      const size = side === 'left' || side === 'right' ? 2 * halfWidth : 2 * halfHeight;
      const outwards = side === 'left' || side === 'top' ? -size : size;
      const neighbor = {
        ...place,
        [side]: place[side] + outwards,
        [opposite[side]]: place[side],
      };
      const [touching] = placeLabels([point], fontSize, place, [neighbor]);
      expect(touching?.x).toBeCloseTo(point.x + beside, 9);
      const over = { ...neighbor, [opposite[side]]: place[side] - Math.sign(outwards) * 0.01 };
      expect(placeLabels([point], fontSize, place, [over])).toEqual([undefined]);
    },
  );
});

test('labels cover neither each other nor occupied boxes, and stay within the picture', () => {
  const coordinate = (most: number) => fc.integer({ min: 0, max: most });
  const anyPoint = fc.record({ x: coordinate(400), y: coordinate(200), text: fc.constant(text) });
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 30 }), (labels) => {
      const taken = labels.map(({ x, y }) => {
        return { left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 };
      });
      const placed = placeLabels(labels, fontSize, everywhere, taken);
      expect(placed).toHaveLength(labels.length);
      const boxes = placed.flatMap((each) => (each ? [boxOf(each)] : []));
      boxes.forEach((box, index) => {
        expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(400);
        expect(box.bottom).toBeLessThanOrEqual(200);
        for (const other of [...taken, ...boxes.slice(0, index)]) {
          const isApart =
            box.right <= other.left ||
            other.right <= box.left ||
            box.bottom <= other.top ||
            other.bottom <= box.top;
          expect(isApart).toBe(true);
        }
      });
    }),
    { numRuns: 50 },
  );
});
