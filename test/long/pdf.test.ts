import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { shippedVariants } from './shipped.js';
import { isThere, missing } from './tools.js';

const run = promisify(execFile);
const bin = fileURLToPath(new URL('../../bin/bbits.js', import.meta.url));

const hasPoppler = isThere('tests of PDFs', await missing(['pdffonts', '-v'], 'poppler-utils'));

test.runIf(hasPoppler).each([
  ['column', []],
  ['page', []],
  // With two groups there are titles, in bold.
  ['page', [join('results', 'lenet5-sweep'), 'results/resnet20']],
] as const)(
  'the figure for a %s as PDF embeds its fonts, has no Type 3 font and no date (%j)',
  async (width, runs) => {
    const out = join(await temporaryFolder(), 'report');
    const shown = runs.length > 0 ? runs : shippedVariants;
    await run(process.execPath, [bin, 'report', ...shown, '--width', width, '--out', out]);
    const pdf = join(out, 'pareto.pdf');
    const [, , ...fonts] = (await run('pdffonts', [pdf])).stdout.trim().split('\n');
    expect(fonts).toHaveLength(runs.length > 0 ? 2 : 1);
    for (const font of fonts) {
      // Name, type, encoding; embedded, subset, mapped to Unicode.
      expect(font).toMatch(/^\w+\+Arimo-\w+ +CID TrueType +Identity-H +yes yes yes /);
    }
    const { stdout } = await run('pdfinfo', [pdf]);
    expect(stdout).toMatch(/^Pages: +1$/m);
    expect(stdout).not.toMatch(/Date/);
    const text = (await run('pdftotext', ['-layout', pdf, '-'])).stdout;
    expect(text).toContain('Relative bit operations');
    const images = (await run('pdfimages', ['-list', pdf])).stdout.trim().split('\n');
    expect(images).toHaveLength(2);
  },
  120_000,
);
