import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { reportText } from '../../src/cli/output/report-table.js';
import { allColumns, columnsOf } from '../../src/report/columns.js';
import { reportCsv } from '../../src/report/files/csv.js';
import { reportMarkdown } from '../../src/report/files/markdown.js';
import { anchorsOf } from '../../src/report/page/anchors.js';
import { tradeOffTable } from '../../src/report/page/trade-off-table.js';
import { makeReport, type Report } from '../../src/report/report.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

let report: Report;
let heads: readonly string[];
let cells: readonly string[];

beforeEach(async () => {
  const folder = await temporaryFolder();
  for (const epochs of [2, 3]) {
    await writeFakePoint(join(folder, `run-${epochs}`), { mu: 0.1, seed: 1, epochs });
  }
  report = await makeReport([folder]);
  const [group] = report.groups;
  if (group === undefined) throw new Error('expected a group');
  const columns = columnsOf(group);
  heads = columns.map(({ head }) => head);
  cells = columns.flatMap(({ cell }) => group.rows.slice(0, 1).map(cell));
});

/** Strips separators, and what formats need for a percent sign. */
const words = (text: string) => text.replaceAll(/<[^>]*>|[|\\&\s]+/g, ' ').replaceAll(/ +/g, ' ');

test('the tables in Markdown and on the page have the columns’ heads and cells', () => {
  expect(heads.slice(0, 4)).toEqual(['Method', 'mu', 'Seeds', 'Accuracy %']);
  const page = report.groups
    .map((group) => tradeOffTable(group, anchorsOf(group, 'group')).html)
    .join('');
  for (const text of [reportMarkdown(report), page].map(words)) {
    expect(text).toContain(words(heads.join(' ')));
    expect(text).toContain(words(cells.join(' ')));
  }
});

test('the terminal shows all columns but the setting, which gets its own line', () => {
  const lines = reportText(report, 80).split('\n').map(words);
  const [setting = '', ...others] = cells;
  expect(lines).toContain(` ${heads.slice(1).join(' ').replace('Seeds', 'n')}`);
  expect(lines).toContain(setting);
  expect(lines.map((line) => line.replace(/^[ *]*/, ''))).toContain(others.join(' '));
});

test('CSV has every column, with means and bits split into parts', () => {
  const [head = '', first = ''] = reportCsv(report).split('\r\n');
  expect(head).toBe(
    'dataset,network,method,point,mu,seeds,test_accuracy_percent,test_accuracy_percent_se,test_accuracy_percent_interval95,' +
      'validation_accuracy_percent,validation_accuracy_percent_se,validation_accuracy_percent_interval95,' +
      'relative_bops_percent,relative_bops_percent_se,relative_bops_percent_interval95,' +
      'gbops,gbops_se,gbops_interval95,weight_bits_mean,' +
      'weight_bits_lowest,weight_bits_highest,activation_bits_mean,activation_bits_lowest,' +
      'activation_bits_highest,kept_channels_percent,compressed_bytes,on_pareto_front,on_front_of_method',
  );
  const row = report.groups[0]?.rows[0];
  if (row === undefined) throw new Error('expected a row');
  const values = allColumns.flatMap(({ fields }) => Object.values(fields(row)));
  expect(first).toBe(
    [
      'mnist',
      'lenet5',
      ...values.map((value) => String(value ?? '')),
      ...[row.isOnFront, row.isOnOwnFront].map(Number),
    ].join(','),
  );
});
