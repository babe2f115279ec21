import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costAxis, linearAxis, positionOn } from '../../src/report/figures/axis.js';
import { placeLabels, type Box } from '../../src/report/figures/place-labels.js';
import { textWidth } from '../../src/report/figures/text-width.js';

describe('axes', () => {
  test('are logarithmic beyond a decade, with labels at 1, 2 and 5', () => {
    expect(costAxis([0.3, 1.4]).isLog).toBe(false);
    const axis = costAxis([0.2, 6.25]);
    expect(axis.isLog).toBe(true);
    expect(axis.ticks).toEqual([0.2, 0.5, 1, 2, 5]);
    expect(costAxis([0.001, 90]).ticks).toEqual([0.001, 0.01, 0.1, 1, 10, 100]);
  });

  test('contain every value, with a margin, within their limits', () => {
    for (const axis of [costAxis([0.3, 1.4]), costAxis([0.2, 6.25]), costAxis([3])]) {
      expect(axis.domain[0]).toBeLessThan(axis.isLog ? 0.21 : 3);
      expect(axis.domain[0]).toBeGreaterThanOrEqual(0);
      expect(axis.domain[1]).toBeGreaterThan(axis.domain[0]);
    }
    expect(linearAxis([99.9, 100], 0, 100).domain[1]).toBe(100);
    expect(linearAxis([50], 0, 100).domain).toEqual([47, 53]);
  });

  test('exist even without values, or with zeros alone', () => {
    for (const axis of [costAxis([]), costAxis([0]), linearAxis([], 0, 100)]) {
      expect(axis.domain.every(Number.isFinite)).toBe(true);
      expect(axis.domain[1]).toBeGreaterThan(axis.domain[0]);
    }
  });

  test('give positions as fractions of their length', () => {
    expect(positionOn({ isLog: true, domain: [0.1, 10], ticks: undefined }, 1)).toBeCloseTo(0.5);
    expect(positionOn({ isLog: false, domain: [98, 100], ticks: undefined }, 98.5)).toBe(0.25);
  });
});

describe('labels', () => {
  const within = { left: 0, top: 0, right: 600, bottom: 400 };
  const size = 11;
  const boxOf = ({ x, y, text }: { x: number; y: number; text: string }): Box => ({
    left: x - textWidth(text, size) / 2,
    right: x + textWidth(text, size) / 2,
    top: y - size * 0.4,
    bottom: y + size * 0.4,
  });
  const overlap = (a: Box, b: Box) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  test('never overlap one another, a point or the edge', () => {
    const label = fc.record({
      x: fc.integer({ min: 0, max: 600 }),
      y: fc.integer({ min: 0, max: 400 }),
      text: fc.constantFrom('0.1', '0.03', 'Bayesian Bits, mu 0.01'),
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 40 }), (labels) => {
        const points = labels.map(({ x, y }) => {
          return { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
        });
        const placed = placeLabels(labels, size, within, points).flatMap((each) => each ?? []);
        const boxes = placed.map(boxOf);
        for (const [index, box] of boxes.entries()) {
          expect([...points, ...boxes.slice(0, index)].some((other) => overlap(box, other))).toBe(
            false,
          );
          expect(box.left).toBeGreaterThanOrEqual(0);
          expect(box.bottom).toBeLessThanOrEqual(400);
        }
      }),
    );
  });

  test('avoid lines if possible, and are omitted if there is no room', () => {
    const point = { x: 300, y: 200, text: '0.1' };
    const [free] = placeLabels([point], size, within, []);
    expect(free?.x).toBeGreaterThan(300);
    const line = { left: 300, right: 600, top: 199, bottom: 201 };
    const [beside] = placeLabels([point], size, within, [], [line]);
    expect(beside?.x).toBeLessThan(300);
    expect(placeLabels([point], size, within, [within])).toEqual([undefined]);
  });
});
