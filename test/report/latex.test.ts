import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { columnHeads } from '../../src/report/column-heads.js';
import { allColumns } from '../../src/report/columns.js';
import { reportLatex } from '../../src/report/files/latex.js';
import { escapeLatex } from '../../src/report/files/latex-text.js';
import { makeReport, type Report } from '../../src/report/report.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let report: Report;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const config = 'dataset: mnist\nmodel: lenet5\nquantization: {channels: all}\n';
  for (let index = 1; index <= 22; index++) {
    const point = { mu: 0.01 * index, seed: 1, epochs: 1 };
    await writeFakePoint(join(folder, `a${index}`), point);
    await writeFakePoint(join(folder, `b${index}`), { ...point, config });
  }
  report = await makeReport([folder]);
});

describe('LaTeX tables', () => {
  test('have each row once, below its method, split to fit on a page', () => {
    const latex = reportLatex(report, 'column');
    const tables = latex.split('\\begin{table}').slice(1);
    expect(tables).toHaveLength(2);
    expect(tables.map((table) => table.match(/ & 0\.\d+ & 9/g)?.length)).toEqual([22, 22]);
    expect(tables[0]).toContain('\\textit{Bayesian Bits}');
    expect(tables[1]).toContain('\\textit{quantization only}');
    expect(tables[1]).toContain('(continued)');
    expect(latex.match(/\\label\{[^}]*\}/g)).toEqual([
      '\\label{tab:lenet5-on-mnist}',
      '\\label{tab:lenet5-on-mnist-2}',
    ]);
    // The notes are below the last table.
    expect(tables.map((table) => table.includes('minipage'))).toEqual([false, true]);
  });

  test('have the columns that fit, or those chosen', () => {
    expect(reportLatex(report, 'column')).toContain(
      '& Setting & Accuracy \\% & BOPs \\% \\\\'.replace('Setting', '$\\mu$'),
    );
    const page = reportLatex(report, 'page');
    expect(page).toContain('\\begin{table*}');
    expect(page).toContain('& n & Accuracy \\% & BOPs \\% & W bits & A bits & Size \\\\');
    expect(reportLatex(report, 'page', ['Size'])).toContain('& $\\mu$ & Size \\\\');
    expect(columnHeads).toEqual(allColumns.slice(2).map(({ head }) => head));
  });

  test('typeset numbers and signs as papers do', () => {
    expect(escapeLatex('mu 0.1, 2.4 (2-8), 99.01 ± 0.14 %, ≤ 2 %')).toBe(
      '$\\mu$ 0.1, 2.4 (2--8), 99.01 $\\pm$ 0.14\\,\\%, $\\le$ 2\\,\\%',
    );
    expect(escapeLatex('seed-* \\mu {x}')).toBe('seed-* \\textbackslash{}$\\mu$ \\{x\\}');
  });
});
