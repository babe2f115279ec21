import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { readText } from '../files/json-file.js';
import { writeWhole } from '../files/write-file.js';
import type { FigureOptions } from './figures/figure-style.js';
import { printFigure, type PrintWidth } from './figures/pictures.js';
import { reportCsv, seedsCsv } from './files/csv.js';
import { isReportJson, reportFile, reportJson } from './files/json.js';
import { reportLatex } from './files/latex.js';
import { reportMarkdown } from './files/markdown.js';
import { reportPage } from './page/page.js';
import type { Report } from './report.js';

/** A report's files; the first identifies a report's folder. */
const fileNames = [
  'pareto.json',
  'pareto.csv',
  'pareto-seeds.csv',
  'pareto.svg',
  'pareto.pdf',
  'pareto.png',
  'report.md',
  'report.tex',
  'report.html',
] as const;

/** Layout of the figure and of the LaTeX tables. */
export interface PrintOptions extends FigureOptions {
  readonly width?: PrintWidth | undefined;
  /** Heads of the columns of LaTeX tables. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * Write a report's files, replacing those of an earlier report.
 *
 * @throws UserError if the folder holds anything else or cannot be written
 */
export async function writeReport(
  report: Report,
  folder: string,
  { width = 'page', columns, ...figure }: PrintOptions = {},
): Promise<void> {
  await expectReportFolder(folder);
  const { svg, pdf, png } = await printFigure(report.groups, width, figure);
  const contents: Readonly<Record<(typeof fileNames)[number], string | Buffer>> = {
    'pareto.json': reportJson(report),
    'pareto.csv': reportCsv(report),
    'pareto-seeds.csv': seedsCsv(report),
    'pareto.svg': svg,
    'pareto.pdf': pdf,
    'pareto.png': png,
    'report.md': reportMarkdown(report, figure),
    'report.tex': reportLatex(report, width, columns),
    'report.html': await reportPage(report, figure),
  };
  try {
    await mkdir(folder, { recursive: true });
    for (const name of fileNames) await writeWhole(join(folder, name), contents[name]);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(
      `${folder}: the report cannot be written (${message}). Name another folder with --out.`,
      1,
      { cause },
    );
  }
}

/** @throws UserError unless the folder is a report's, empty or missing */
export async function expectReportFolder(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw refusal(folder, code === 'ENOTDIR' ? 'something that is not a folder' : message);
  });
  // A killed report leaves the temporary file that it was writing.
  const ours = fileNames.flatMap((name): string[] => [name, `${name}.tmp`]);
  const other = entries.find((entry) => !ours.includes(entry));
  if (other !== undefined) throw refusal(folder, `${other} in it`);
  if (entries.length === 0) return;
  if (isReportJson((await readText(folder, reportFile)) ?? '')) return;
  throw refusal(folder, `${entries.join(', ')}, but no ${reportFile.name} by bbits report`);
}

function refusal(folder: string, found: string): UserError {
  return new UserError(
    `${folder}: expected a new or empty folder, or an earlier report, found ${found}. Only ` +
      'reports are overwritten: name another folder with --out.',
  );
}
