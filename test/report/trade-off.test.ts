import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { accuracyRange } from '../../src/report/figures/accuracy-range.js';
import { figureStyles, type FigureOptions } from '../../src/report/figures/figure-style.js';
import { printFigure } from '../../src/report/figures/pictures.js';
import { manyColors, seriesColors, seriesShapes } from '../../src/report/figures/theme.js';
import { textWidth } from '../../src/report/figures/text-width.js';
import { tradeOffFigure } from '../../src/report/figures/trade-off.js';
import { tradeOffAxes, tradeOffCaption } from '../../src/report/figures/trade-off-axes.js';
import { legendLayout, seriesOf } from '../../src/report/figures/trade-off-series.js';
import { makeReport, type ReportGroup } from '../../src/report/report.js';
import type { ReportRow } from '../../src/report/rows.js';
import { spread } from '../../src/report/statistics.js';
import { writeFakePoint, writeFakeSweep } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let group: ReportGroup;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const rest = { epochs: 2 };
  await writeFakeSweep(join(folder, 'plain'), [0.01, 0.03, 0.1, 0.3, 1], [1, 2], rest);
  const config = (quantization: string) =>
    `dataset: mnist\nmodel: lenet5\nquantization: ${quantization}\n`;
  const all = { mu: 0.1, seed: 1, ...rest };
  await writeFakePoint(join(folder, 'full'), {
    ...all,
    config: config('{weights: none, activations: none, channels: all}'),
  });
  await writeFakePoint(join(folder, 'w8a8'), {
    ...all,
    config: config('{weights: 8, activations: 8, channels: all}'),
  });
  await writeFakePoint(join(folder, 'collapsed'), {
    ...all,
    bestAccuracy: 30,
    config: config('{weights: 2, activations: 2, channels: all}'),
  });
  const [found] = (await makeReport([folder])).groups;
  if (!found) throw new Error('no group');
  group = found;
});

afterEach(() => {
  vi.unstubAllEnvs();
});

const row = (values: readonly number[], constantNetworks = 0) =>
  ({ accuracyPercent: spread(values), constantNetworks }) as unknown as ReportRow;

describe('the accuracy axis', () => {
  test('moves rows that would squeeze the others to its edge', () => {
    const others = [98, 98.5, 99, 99.1, 99.2].map((mean) => row([mean]));
    const { shown } = accuracyRange([...others, row([40])], [98.8]);
    expect(Math.min(...shown)).toBe(98);
    // A gradual decline is not a collapse.
    expect(Math.min(...accuracyRange([...others, row([96.5])], []).shown)).toBe(96.5);
    // One failed seed is off the axis, but its row is not.
    const partly = accuracyRange(
      [...others, row([40]), row([98.9, 99, 50, 99, 99, 98.9, 99, 99, 99])],
      [],
    );
    expect(Math.min(...partly.shown)).toBeGreaterThan(50);
  });

  test('places each row within it or at its edge, with full precision as a line across', () => {
    const { rows, atEdge, fullPrecision, x } = tradeOffAxes(group);
    expect(atEdge.map(({ point }) => point.value)).toEqual(['w2a2']);
    expect(fullPrecision).toHaveLength(1);
    expect(new Set([...rows, ...atEdge, ...fullPrecision]).size).toBe(group.rows.length);
    expect(x.domain[1]).toBeLessThan(100);
    expect(tradeOffCaption(group)).toMatch(/beyond the axis: static, w2a2 \(\d\d\.\d\d %\)/);
    expect(tradeOffAxes(group, { y: 'error' }).atEdge).toEqual([]);
  });

  test('ends at the limits set by the user', () => {
    const limited = tradeOffAxes(group, { yLimits: [90, 99], xLimits: [0.3, 30] });
    expect(limited.y.domain).toEqual([90, 99]);
    expect(limited.x.domain).toEqual([0.3, 30]);
    expect(tradeOffCaption(group, { xLimits: [20, 30] })).toContain('beyond the axis at ');
  });
});

test('names of horizontal lines at the same height are beside or below one another', () => {
  const twice = group.rows.flatMap((row) =>
    row.point.by === 'nothing' ? [row, { ...row, method: 'full precision, 2 epochs' }] : [row],
  );
  const json = JSON.stringify(tradeOffFigure({ ...group, rows: twice }, figureStyles.column).layer);
  const labels = Array.from(
    json.matchAll(/\{"text":"(full precision[^"]*)","x":([\d.]+),"y":([\d.]+)\}/g),
    ([, text = '', x, y]) => ({ half: textWidth(text, 8) / 2, x: Number(x), y: Number(y) }),
  );
  const [one, other] = labels;
  if (!one || !other) throw new Error('no labels');
  const isBeside = Math.abs(one.x - other.x) >= one.half + other.half;
  expect(isBeside || Math.abs(one.y - other.y) >= 6.4).toBe(true);
});

test('each method has its own color and mark, except full precision', () => {
  const { names, colors, shapes } = seriesOf(group);
  expect(names).toEqual(['Bayesian Bits', 'static', 'Bayesian Bits, published']);
  const looks = names.map((_, index) => `${colors.range[index]} ${shapes.range[index]}`);
  expect(new Set(looks).size).toBe(names.length);
});

test('methods with the same mark differ in gray', () => {
  const gray = (color: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map(
      (at) => parseInt(color.slice(at, at + 2), 16) / 255,
    );
    return 0.299 * r + 0.587 * g + 0.114 * b;
  };
  for (const colors of [seriesColors, manyColors]) {
    const marks = colors.map((color, index) => ({
      gray: gray(color),
      shape: seriesShapes[index % seriesShapes.length],
    }));
    const close = marks.flatMap((one, index) =>
      marks
        .slice(index + 1)
        .filter((other) => other.shape === one.shape && Math.abs(other.gray - one.gray) < 0.12),
    );
    expect(close).toEqual([]);
  }
});

test('the legend fits the picture, and ends with the axis if it is narrower', () => {
  const names = ['a', 'b', 'c'];
  expect(legendLayout(names, { picture: 1000, plot: 900 }, 8)).toEqual({
    columns: 3,
    anchor: 'middle',
  });
  const long = ['a very long name of a method indeed', 'b'];
  expect(legendLayout(long, { picture: 160, plot: 130 }, 8)).toEqual({ columns: 1, anchor: 'end' });
  expect(legendLayout(long, { picture: 180, plot: 150 }, 8)).toEqual({ columns: 2, anchor: 'end' });
});

test.each([
  ['column', {}],
  ['page', {}],
  ['column', { y: 'error' }],
] as const)(
  'the figure for a %s (%j) has its width, text of 8 points, and nothing outside',
  async (width, options: FigureOptions) => {
    const { svg } = await printFigure([group, group], width, options);
    const size = Number(/^<svg [^>]* width="([\d.]+)pt"/.exec(svg)?.[1]);
    expect(size).toBeLessThanOrEqual(figureStyles[width].width);
    expect(size).toBeGreaterThan(figureStyles[width].width - 12);
    const sizes = new Set(
      Array.from(svg.matchAll(/font-size="([\d.]+)px"/g), ([, found]) => found),
    );
    expect([...sizes].sort()).toEqual(['8', '9']);
    expect(svg).toContain('>full precision<');
    expect(svg).toContain('>Bayesian Bits, published<');
  },
);

test('a figure has 300 pixels per inch, and as PDF its own size, both fonts and no date', async () => {
  // An empty cache.
  const draw = async () => {
    vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
    return printFigure([group, group], 'column', {});
  };
  const { svg, png, pdf } = await draw();
  const [, width = '', height = ''] =
    /^<svg [^>]* width="([\d.]+)pt" height="([\d.]+)pt"/.exec(svg) ?? [];
  const pixels = [width, height].map((points) => Math.round((300 / 72) * Number(points)));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(pixels);
  const at = png.indexOf('pHYs');
  expect(png.readUInt32BE(at + 4)).toBe(11811);
  const text = pdf.toString('latin1');
  const [, ...box] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text) ?? [];
  expect(box.map(Number)).toEqual([width, height].map((points) => Math.ceil(Number(points))));
  const fonts = new Set(
    Array.from(text.matchAll(/\/BaseFont \/\w+\+([\w-]+)/g), ([, name]) => name),
  );
  expect([...fonts].sort()).toEqual(['Arimo-Bold', 'Arimo-Regular']);
  expect(text).not.toMatch(/\/Subtype \/(?:Type3|Image)|\/(?:Creation|Mod)Date/);
  const again = await draw();
  expect([again.pdf.equals(pdf), again.png.equals(png)]).toEqual([true, true]);
});

test('an outlier fence omits no row unless it squeezes the others', () => {
  const accuracy = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(accuracy, { minLength: 1, maxLength: 20 }), (means) => {
      const { shown, all } = accuracyRange(
        means.map((mean) => row([mean])),
        [],
      );
      const range = (of: readonly number[]) => Math.max(...of) - Math.min(...of);
      expect(Math.max(...shown)).toBe(Math.max(...means));
      if (shown.length < all.length) expect(range(all)).toBeGreaterThan(4 * range(shown));
    }),
  );
});
