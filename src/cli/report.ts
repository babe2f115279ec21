import { join } from 'node:path';
import { Command, Option } from 'commander';
import { UserError } from '../errors.js';
import { printingIsNews, say } from './output/say.js';
import type { Cost } from '../report/comparison/cost.js';
import type { Limits } from '../report/figures/figure-style.js';
import type { PrintWidth } from '../report/figures/pictures.js';
import { collect, costs, heads, limits, percentage, twoCosts } from './report-arguments.js';
import { lineWidth } from './output/terminal.js';

interface ReportOptions {
  readonly out?: string;
  readonly references?: string;
  readonly label?: string[];
  readonly only?: string[];
  readonly groupBy?: string;
  readonly at?: Cost[];
  readonly against?: string;
  readonly between?: [Cost, Cost];
  readonly above?: number;
  readonly plusMinus?: 'interval' | 'error';
  readonly width?: PrintWidth;
  readonly columns?: string[];
  readonly y?: 'accuracy' | 'error';
  readonly xLimits?: Limits;
  readonly yLimits?: Limits;
  readonly json?: true;
}

/** `bbits report`: accuracy against bit operations of many runs, as a table, figures and a page. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Compare runs: accuracy against bit operations, with a table, figures and a page')
    .argument('<dir...>', 'folders that contain runs, such as a sweep’s')
    .option('--out <folder>', 'folder for the report (default: report/ in the first folder)')
    .option('--references <file>', 'a YAML file with more published results')
    .option('--label <folder=name>', 'name for the runs of a folder; repeatable', collect)
    .option('--only <method>', 'show only this method; repeatable', collect)
    .option('--group-by <key>', 'one series per value of this config key, instead of per method')
    .addOption(
      new Option(
        '--plus-minus <what>',
        'the number after ±: half the 95 % interval, or the standard error',
      )
        .choices(['interval', 'error'])
        .default('interval'),
    )
    .option(
      '--at <cost,...>',
      'compare methods at these costs: percent, or bit operations as in 20M',
      costs,
    )
    .option('--against <method>', 'method to compare the others with (default: the first)')
    .option(
      '--between <from,to>',
      'cost range of hypervolumes (default: the range that all methods cover)',
      twoCosts,
    )
    .option('--above <percent>', 'lowest accuracy that counts in hypervolumes', percentage)
    .addOption(
      new Option('--width <width>', 'width of the figure and of LaTeX tables')
        .choices(['column', 'page'])
        .default('page'),
    )
    .option('--columns <head,...>', 'columns of LaTeX tables, as in "Accuracy %,Size"', heads)
    .addOption(
      new Option('--y <what>', 'the figure’s vertical axis; errors are on a log scale')
        .choices(['accuracy', 'error'])
        .default('accuracy'),
    )
    .option('--x-limits <from,to>', 'limits of the figure’s horizontal axis, in its unit', limits)
    .option('--y-limits <from,to>', 'limits of the vertical axis, in percent', limits)
    .option('--json', 'print the table as one JSON document, in plain numbers')
    .addHelpText(
      'after',
      `
Runs that differ only in their seed share a row. Unfinished runs are listed with
the reason. The files: report.html (one page that works offline), pareto.svg,
.pdf and .png, pareto.csv and .json, pareto-seeds.csv (a line for each run),
report.md and .tex. An earlier report in the folder is replaced. docs/report.md
explains the columns.

Examples:
  bbits report results/lenet5-sweep
  bbits report results/sweep1 results/sweep2 --out results/both
  bbits report results --references mine.yaml --json > table.json`,
    )
    .action(async (folders: string[], options: ReportOptions) => {
      const { makeReport } = await import('../report/report.js');
      const { expectReportFolder, writeReport } = await import('../report/write-report.js');
      const [first = '.'] = folders;
      const out = options.out ?? join(first, 'report');
      const report = await makeReport(folders, {
        references: options.references,
        labels: options.label,
        only: options.only,
        groupBy: options.groupBy,
        at: options.at,
        against: options.against,
        between: options.between,
        abovePercent: options.above,
        plusMinus: options.plusMinus,
      });
      const isEmpty = report.groups.length === 0;
      // Report an unusable output folder before printing the table.
      if (!isEmpty) await expectReportFolder(out);
      printingIsNews();
      if (options.json) {
        const { reportJson } = await import('../report/files/json.js');
        process.stdout.write(reportJson(report));
      } else {
        const { reportText } = await import('./output/report-table.js');
        const text = reportText(report, lineWidth(process.stdout));
        if (text !== '') say(text);
      }
      if (isEmpty) throw nothingFinished(folders, report.unfinished.length);
      await writeReport(report, out, {
        width: options.width,
        columns: options.columns,
        y: options.y,
        xLimits: options.xLimits,
        yLimits: options.yLimits,
      });
      if (!options.json) say(`\nThe report is in ${out}`);
    });
}

function nothingFinished(folders: readonly string[], unfinished: number): UserError {
  const found = unfinished === 0 ? 'no runs' : `only ${unfinished} unfinished`;
  return new UserError(
    `${folders.join(', ')}: expected finished runs, found ${found}. Runs are folders that bbits train ` +
      'or bbits sweep has written, at most four levels deep. No report was written.',
  );
}
