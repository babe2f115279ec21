import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFakePoint, writeFakeSweep } from '../helpers/fake-sweep.js';
import { startChromium } from './chromium.js';
import { shippedVariants } from './shipped.js';
import { drawnPictures, paleCells, pointOn, type DrawnPicture } from './in-page.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(project, 'bin', 'bbits.js');
const widths = ['column', 'page'] as const;

let browser: Browser;
let folder: string;
let address: string;
/** Unwanted console messages, errors and requests of the page. */
let complaints: string[];
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bbits-page-'));
  address = pathToFileURL(join(folder, 'report', 'report.html')).href;
  await writeFakeSweep(join(folder, 'lenet'), [0.01, 0.03, 0.1, 0.3, 1], [1, 2, 3]);
  const data = { name: 'cifar10', classes: 10, imageShape: [32, 32, 3] } as const;
  for (const model of ['resnet20', 'vgg7']) {
    const config = `dataset: cifar10\nmodel: ${model}\n`;
    await writeFakeSweep(join(folder, model), [0.02, 0.2], [1], { config, data, epochs: 30 });
  }
  // A hostile name, which the page must escape.
  const reason = `<img src="http://example.com/x.png" onerror="alert(1)">${'long'.repeat(100)}`;
  await writeFakePoint(join(folder, 'bad'), {
    mu: 1,
    seed: 9,
    status: { status: 'failed', reason },
  });
  await promisify(execFile)(process.execPath, [bin, 'report', folder]);
  for (const width of widths) {
    const out = ['--out', join(folder, 'variants', width), '--width', width, '--at', '0.3'];
    await promisify(execFile)(process.execPath, [bin, 'report', ...shippedVariants, ...out]);
  }
  browser = await startChromium();
}, 600_000);

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(width: number, javaScriptEnabled = true, url = address): Promise<void> {
  complaints = [];
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, javaScriptEnabled });
  page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith('data:')) complaints.push(asked);
  });
  await page.goto(url);
}

test('draws every picture without clipped or overlapping text, and requests nothing', async () => {
  await open(1280);
  const details = page.locator('details');
  expect(await details.count()).toBe(15 + 4);
  for (const each of await details.all()) await each.locator('summary').click();
  const pictures = await page.evaluate<DrawnPicture[]>(drawnPictures);
  // One of the two trade-off figures is for narrow windows; layers and gates are tables.
  expect(pictures).toHaveLength(2 * 2);
  expect(await page.locator('table.grid').count()).toBe(1 + 3 + 1 + 19);
  expect(await page.locator('table.gates').count()).toBe(19);
  for (const picture of pictures) {
    expect(picture.width).toBeGreaterThan(150);
    expect(picture.height).toBeGreaterThan(100);
    expect(picture.marks).toBeGreaterThan(0);
    expect(picture.outside).toEqual([]);
    expect(picture.overlaps).toEqual([]);
  }
  expect(complaints).toEqual([]);
});

test('shows what a mark stands for while it is hovered or focused', async () => {
  await open(1280);
  const tip = page.locator('#tip');
  expect(await tip.isHidden()).toBe(true);
  const mark = page.locator('.trade-off [aria-label^="mu 0.1\\a"]').first();
  await mark.hover();
  expect(await tip.innerText()).toMatch(/^mu 0\.1\n99\.\d\d ± 0\.\d+ % accuracy\n.* % BOPs/);
  await page.mouse.move(0, 0);
  expect(await tip.isHidden()).toBe(true);
  await page.locator('.trade-off a:has([aria-label^="mu 0.1\\a"])').first().focus();
  expect(await tip.isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await tip.isHidden()).toBe(true);

  await page.locator('[aria-label^="Published: Bayesian Bits"]').first().hover();
  expect(await tip.innerText()).toContain('99.30 % accuracy at 0.36 % BOPs\nvan Baalen et al.');
  // Near a line, which is too thin to hit exactly.
  const line = '.role-mark path[aria-label*="seed 1\\a"]';
  await page.locator(line).first().scrollIntoViewIfNeeded();
  const { x, y } = await page.evaluate<{ x: number; y: number }>(pointOn(line));
  await page.mouse.move(x, y + 3);
  expect(await tip.innerText()).toMatch(/seed \d\n\d\d\.\d\d % at [\d.]+ % BOPs$/);
  await page.locator('summary').first().click();
  await page.locator('.gates tr:nth-child(1) td:nth-child(4)').first().hover();
  expect(await tip.innerText()).toMatch(/^conv1\/weight, 8 bits\nepochs? 1.*: open >?\d+/);
  expect(complaints).toEqual([]);
});

test('links each row, mark and line of layers to the runs', async () => {
  const shipped = pathToFileURL(join(folder, 'variants', 'page', 'report.html')).href;
  await open(1280, true, shipped);
  await page.locator('tbody td a').nth(2).click();
  expect(new URL(page.url()).hash).toBe('#group0-row2');
  expect(await page.locator(':target').innerText()).toMatch(/^mu 0\.1: 99\.01 ± .* \(3 runs\)$/);
  const mark = page.locator('.wide a:has([aria-label^="Bayesian Bits, mu 0.1\\a"])').first();
  expect(await mark.getAttribute('xlink:href')).toBe('#group0-row2');
  await page.locator('.grid tbody th a').nth(7).click();
  expect(await page.locator('details[open] summary').innerText()).toMatch(
    /^mu 0\.1, seed 2, Bayesian/,
  );
  await page.locator('a.runs').first().click();
  expect(await page.locator(':target').innerText()).toBe('Bayesian Bits');
});

test.each([390, 800, 1600])(
  'shows the shipped variants in a window of %i pixels',
  async (width) => {
    const shipped = pathToFileURL(join(folder, 'variants', 'page', 'report.html')).href;
    await open(width, true, shipped);
    for (const place of ['#group0-row2-run0', '#group0-row30-run1']) {
      await page.evaluate(`location.hash = '${place}'`);
    }
    expect(await page.locator('details[open]').count()).toBe(2);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    const pictures = await page.evaluate<DrawnPicture[]>(drawnPictures);
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) expect(picture).toMatchObject({ outside: [], overlaps: [] });
    const [tradeOff] = pictures;
    // Only a phone, the narrowest window, gets the smaller figure.
    expect(tradeOff?.width).toBeGreaterThan(Math.min(700, 0.85 * width));
    expect(tradeOff?.width).toBeLessThanOrEqual(width);
    // 49 rows and one published result.
    expect(tradeOff?.marks).toBe(50);
    expect(complaints).toEqual([]);
  },
);

test.each(['light', 'dark'] as const)('has readable cells in %s colors', async (scheme) => {
  await open(800, true, pathToFileURL(join(folder, 'variants', 'page', 'report.html')).href);
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(`location.hash = '#group0-row2-run0'`);
  expect(await page.evaluate<string[]>(paleCells)).toEqual([]);
});

test('takes less than 2 MB for 147 runs', async () => {
  const { size } = await stat(join(folder, 'variants', 'page', 'report.html'));
  expect(size).toBeLessThan(2e6 * (147 / 170));
});

test.each(widths)(
  'has a figure for a %s whose texts neither overlap nor leave its frame',
  async (width) => {
    // Drawn in the page, which has the font.
    await open(800, true, pathToFileURL(join(folder, 'variants', width, 'report.html')).href);
    const svg = await readFile(join(folder, 'variants', width, 'pareto.svg'), 'utf8');
    await page.evaluate(`document.querySelector('main').innerHTML = ${JSON.stringify(svg)}`);
    const pictures = await page.evaluate<DrawnPicture[]>(drawnPictures);
    // The figure, and one part for each group.
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) expect(picture).toMatchObject({ outside: [], overlaps: [] });
  },
);

test('fits a narrow window, and is complete without scripts', async () => {
  await open(400, false);
  expect(await page.locator('svg').count()).toBe(3 * 2);
  expect(await page.locator('td', { hasText: 'NeurIPS' }).first().isVisible()).toBe(true);
  await open(400);
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  expect(width).toBe(400);
  expect(await page.getByText('<img src=').count()).toBe(1);
  expect(complaints).toEqual([]);
});
