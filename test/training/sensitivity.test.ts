import { expect, test } from 'vitest';
import type { BitWidth } from '../../src/bayesian-bits/gates.js';
import {
  sensitivityCurve,
  type SensitivityPoint,
  type Widths,
} from '../../src/training/sensitivity.js';

const chain: BitWidth[] = [2, 4, 8];
const start: Widths = new Map([
  ['a', 8],
  ['b', 8],
  ['c', 8],
]);
const macs: Record<string, number> = { a: 10, b: 5, c: 1 };
const bops = (widths: Widths) =>
  [...widths].reduce((sum, [site, width]) => sum + (macs[site] ?? 0) * width, 0);

async function curve(loss: (widths: Widths) => number): Promise<SensitivityPoint[]> {
  const points: SensitivityPoint[] = [];
  const accuracyPercent = (widths: Widths) => Promise.resolve(100 - loss(widths));
  for await (const point of sensitivityCurve({ start, chain, bops, accuracyPercent })) {
    points.push(point);
  }
  return points;
}

test('goes from the starting widths to the smallest, one quantizer per step', async () => {
  const points = await curve(() => 0);
  expect(points).toHaveLength(1 + 3 * 2);
  expect(points[0]).toMatchObject({ site: null, widths: start, bops: 128 });
  expect([...(points.at(-1)?.widths.values() ?? [])]).toEqual([2, 2, 2]);
  points.slice(1).forEach(({ site, widths }, index) => {
    const before = points[index]?.widths ?? start;
    const changed = [...widths].filter(([name, width]) => before.get(name) !== width);
    expect(changed.map(([name]) => name)).toEqual([site]);
    const [[, width] = ['', 0]] = changed;
    expect(chain.indexOf(width as BitWidth)).toBe(chain.indexOf(before.get(site ?? '') ?? 2) - 1);
  });
  // If nothing costs accuracy, the largest saving goes first.
  expect(points.slice(1).map(({ site }) => site)).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
});

test('at each step, lowers the width that costs the least accuracy per bit operation saved', async () => {
  // a is expensive at 2 bits, b everywhere, c only once a is at 4.
  const points = await curve((widths) => {
    const [a = 8, b = 8, c = 8] = widths.values();
    return (a === 2 ? 50 : 0) + (8 - b) * 6 + (a < 8 ? 8 - c : 0);
  });
  expect(points.slice(1).map(({ site }) => site)).toEqual(['a', 'c', 'c', 'b', 'b', 'a']);
});

test('lowers widths that save no bit operations last, unless doing so gains accuracy', async () => {
  const without = (site: string) => ({
    ...{ start, chain },
    bops: (widths: Widths) => bops(new Map(widths).set(site, 0 as BitWidth)),
  });
  const sites = async (loss: (widths: Widths) => number) => {
    const points: (string | null)[] = [];
    const accuracyPercent = (widths: Widths) => Promise.resolve(100 - loss(widths));
    for await (const { site } of sensitivityCurve({ ...without('a'), accuracyPercent })) {
      points.push(site);
    }
    return points.slice(1);
  };
  expect(await sites(() => 0)).toEqual(['b', 'b', 'c', 'c', 'a', 'a']);
  const loss = (widths: Widths) => 16 - (widths.get('b') ?? 0) - (widths.get('c') ?? 0);
  expect(await sites(loss)).toEqual(['b', 'b', 'c', 'c', 'a', 'a']);
  expect(await sites((widths) => widths.get('a') ?? 0)).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
});
