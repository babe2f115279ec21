import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { shippedVariants } from './shipped.js';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(project, 'bin', 'bbits.js');
const sensitivity = join(project, 'results', 'variants-sensitivity');

/** The distribution's TeX, where there is none: booktabs, and IEEE's class with its fonts. */
beforeAll(async () => {
  const found = await run('kpsewhich', ['IEEEtran.cls', 'ptmr7t.tfm']).catch(() => undefined);
  if (found) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const packages = ['latex-recommended', 'publishers', 'fonts-recommended'];
  const options = [
    '-qq',
    '-y',
    '--no-install-recommends',
    ...packages.map((name) => `texlive-${name}`),
  ];
  await run('apt-get', ['install', ...options], { env, maxBuffer: 2 ** 26 });
}, 600_000);

/** Text and columns of two are narrowest in article on A4; IEEE's class is that of many conferences. */
const twoColumns = ['[twocolumn]{article}', '[twocolumn,a4paper]{article}', '{IEEEtran}'];

test.each([
  ...['column', 'page'].flatMap((width) => twoColumns.map((style) => [width, style] as const)),
  // Its page is narrower than the whole width of two columns, so that it has no room for a page's figure.
  ['column', '{article}'],
  ['page', '{article}'],
] as const)(
  'the shipped variants for a %s fit \\documentclass%s, the figure at its own size',
  async (width, style) => {
    const folder = await temporaryFolder();
    const report = (out: string, ...runs: string[]) =>
      run(process.execPath, [bin, 'report', ...runs, '--width', width, '--out', join(folder, out)]);
    await report('figure', ...shippedVariants);
    // Two tables, and pictures below one another that are higher than a page.
    await report('tables', ...shippedVariants, sensitivity);
    const environment = width === 'page' ? 'figure*' : 'figure';
    const hasRoom = width === 'column' || style !== '{article}';
    const figure = hasRoom
      ? `\\begin{${environment}}\\includegraphics{figure/pareto}\\end{${environment}}`
      : '';
    await writeFile(
      join(folder, 'paper.tex'),
      `\\documentclass${style}\\usepackage{booktabs,graphicx}\\begin{document}Words. ` +
        `${figure}\\input{tables/report}\\end{document}\n`,
    );
    const args = ['-interaction=nonstopmode', '-halt-on-error', 'paper.tex'];
    await run('pdflatex', args, { cwd: folder, maxBuffer: 2 ** 26 });
    const log = await readFile(join(folder, 'paper.log'), 'utf8');
    expect(log.match(/^(?:Overfull|!|.*Float too large).*/gm)).toBeNull();
    if (hasRoom) expect(log).toContain('<figure/pareto.pdf');
  },
  120_000,
);
