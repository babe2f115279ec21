import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { shippedVariants } from './shipped.js';

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const runs = [...shippedVariants, join(project, 'results', 'variants-sensitivity')];

/** The distribution's TeX, where there is none; booktabs is in it. */
beforeAll(async () => {
  const found = await run('which', ['pdflatex']).catch(() => undefined);
  if (found) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const options = ['-qq', '-y', '--no-install-recommends', 'texlive-latex-recommended'];
  await run('apt-get', ['install', ...options], { env, maxBuffer: 2 ** 26 });
}, 600_000);

test.each([
  ['column', 'twocolumn'],
  ['column', 'onecolumn'],
  ['page', 'twocolumn'],
  ['page', 'onecolumn'],
])(
  'the shipped variants for a %s fit article with %s',
  async (width, option) => {
    const folder = await temporaryFolder();
    const report = join(folder, 'report');
    const bin = join(project, 'bin', 'bbits.js');
    await run(process.execPath, [bin, 'report', ...runs, '--width', width, '--out', report]);
    await copyFile(join(report, 'report.tex'), join(folder, 'report.tex'));
    // A page's figure is wider than article's page of one column, which is narrower than conferences'.
    const figure =
      width === 'column'
        ? `\\begin{figure}\\includegraphics{${report}/pareto.pdf}\\end{figure}`
        : '';
    await writeFile(
      join(folder, 'paper.tex'),
      `\\documentclass[${option}]{article}\\usepackage{booktabs,graphicx}\\begin{document}Words. ` +
        `${figure}\\input{report}\\end{document}\n`,
    );
    const args = ['-interaction=nonstopmode', '-halt-on-error', 'paper.tex'];
    await run('pdflatex', args, { cwd: folder, maxBuffer: 2 ** 26 });
    const log = await readFile(join(folder, 'paper.log'), 'utf8');
    expect(log.match(/^(?:Overfull|!|.*Float too large).*/gm)).toBeNull();
  },
  120_000,
);
