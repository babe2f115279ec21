import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeReport } from '../../src/report/report.js';
import { reportCsv } from '../../src/report/files/csv.js';
import { reportJson, reportJsonSchema } from '../../src/report/files/json.js';
import { writeFakePoint } from '../helpers/fake-sweep.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Row {
  readonly validationAccuracyPercent?: { mean: number; values: number[] };
  readonly onParetoFront: boolean;
}

const validate = new Ajv2020({ strictTypes: false }).compile(
  JSON.parse(reportJsonSchema()) as object,
);
/** Validates with another library than the one that wrote the schema. */
const problemsOf = (json: unknown) => (validate(json) ? [] : validate.errors);

describe('pareto.json matches its schema', () => {
  // The second, of results/resnet20-static and resnet20-budgets, has comparisons (--at, --between).
  test.each(['results/lenet5-sweep/report', 'test/report/golden/resnet20-budgets'])(
    'in %s',
    async (folder) => {
      const text = await readFile(join(folder, 'pareto.json'), 'utf8');
      const json = JSON.parse(text) as Record<string, unknown>;
      expect(problemsOf(json)).toEqual([]);
      expect(problemsOf({ ...json, other: 1 })).toMatchObject([
        { keyword: 'additionalProperties' },
      ]);
      expect(problemsOf({ ...json, groups: [{}] })).not.toEqual([]);
    },
  );
});

describe('the report of runs with held-out images', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const [mu, held] of [
      [0.1, 90],
      // The more expensive network is better on the test images, but worse on the held-out ones.
      [0.02, 89],
    ] as const) {
      const run = join(folder, `mu-${mu}`);
      await writeFakePoint(run, { mu, seed: 1, epochs: 2, validationAccuracyPercent: held });
    }
  });

  test('has the accuracy that rows are chosen by, in JSON and CSV', async () => {
    const report = await makeReport([folder]);
    const json = JSON.parse(reportJson(report)) as { groups: { rows: Row[] }[] };
    expect(problemsOf(json)).toEqual([]);
    const rows = json.groups.flatMap((group) => group.rows);
    expect(rows.map((row) => [row.validationAccuracyPercent?.values, row.onParetoFront])).toEqual([
      [[89], false],
      [[90], true],
    ]);
    expect(reportCsv(report)).toMatch(/,validation_accuracy_percent,[^]*\r\n.*,89,/);
  });
});
