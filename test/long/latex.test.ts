import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { shippedVariants } from './shipped.js';
import { isThere, missing } from './tools.js';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(project, 'bin', 'bbits.js');
const sensitivity = join(project, 'results', 'variants-sensitivity');

/** IEEE's class and its fonts are in packages that many machines lack. */
const noIeee = await missing(
  ['kpsewhich', 'booktabs.sty', 'IEEEtran.cls', 'ptmr7t.tfm'],
  ...['texlive-latex-recommended', 'texlive-publishers', 'texlive-fonts-recommended'],
);
const noLatex =
  noIeee && (await missing(['kpsewhich', 'booktabs.sty'], 'texlive-latex-recommended'));
const [hasLatex, hasIeee] = [
  isThere('tests of LaTeX', noLatex),
  isThere("those of IEEE's class", noIeee),
];

/** article on A4 has the narrowest two-column text; many conferences use IEEE's class. */
const twoColumns = ['[twocolumn]{article}', '[twocolumn,a4paper]{article}', '{IEEEtran}'];

const cases = [
  ...['column', 'page'].flatMap((width) => twoColumns.map((style) => [width, style] as const)),
  // The text of one-column article is too narrow for a figure of page width.
  ['column', '{article}'],
  ['page', '{article}'],
] as const;

for (const [width, style] of cases) {
  test.runIf(style === '{IEEEtran}' ? hasIeee : hasLatex)(
    `the shipped variants for a ${width} fit \\documentclass${style}, with the figure unscaled`,
    async () => {
      const folder = await temporaryFolder();
      const report = (out: string, ...runs: string[]) =>
        run(process.execPath, [
          bin,
          'report',
          ...runs,
          '--width',
          width,
          '--out',
          join(folder, out),
        ]);
      await report('figure', ...shippedVariants);
      // Two tables, and stacked figures taller than a page.
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
}
