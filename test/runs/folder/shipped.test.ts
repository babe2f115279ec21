import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonFile } from '../../../src/files/json-file.js';
import { reportFile } from '../../../src/report/files/json.js';
import { compactMetricsFile } from '../../../src/runs/folder/compact-metrics-file.js';
import { configFile, readConfig } from '../../../src/runs/folder/config-file.js';
import { recordFile } from '../../../src/runs/folder/record-file.js';
import { resultFile } from '../../../src/runs/folder/result-file.js';
import { sensitivityFile } from '../../../src/runs/folder/sensitivity-file.js';
import { statusFile } from '../../../src/runs/folder/status-file.js';

/** The results shipped with bbits, which several versions of it wrote; any of the user's are excluded. */
const results = readdirSync('results', { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(lenet5-[\w-]+|published|resnet20[\w-]*|variants[\w-]*)\//.test(name))
  .map((name) => join('results', name));
/** With a report that results/ used to contain, the only one with comparisons. */
const shipped = [...results, 'test/report/golden/resnet20-budgets/pareto.json'];
const filesOf = ({ name }: { readonly name: string }) =>
  shipped.filter((path) => path.endsWith(`/${name}`));

function decoded<T>(file: JsonFile<T>, text: string, path: string): T {
  const { data, error } = file.decode(text);
  if (data === undefined) throw new Error(`${path}: ${error?.message ?? ''}`);
  return data;
}

describe('every shipped file can be read by the current schema', () => {
  function expectSame<T>(file: JsonFile<T>, count: number): void {
    const paths = filesOf(file);
    expect(paths.length).toBeGreaterThanOrEqual(count);
    for (const path of paths) {
      const text = readFileSync(path, 'utf8');
      expect(file.encode(decoded(file, text, path)), path).toBe(text);
    }
  }

  test('pareto.json, sensitivity.json and status.json, byte for byte', () => {
    expectSame(reportFile, 2);
    expectSame(sensitivityFile, 3);
    expectSame(statusFile, 246);
  });

  test('metrics.compact.jsonl, byte for byte', () => {
    const paths = filesOf(compactMetricsFile);
    expect(paths.length).toBeGreaterThanOrEqual(246);
    for (const path of paths) {
      const text = readFileSync(path, 'utf8');
      const lines = text.trimEnd().split('\n');
      const again = lines.map((line) =>
        compactMetricsFile.encode(decoded(compactMetricsFile, line, path)),
      );
      expect(again.join('') === text, path).toBe(true);
    }
  });

  test('run.json, which used to contain the command', () => {
    const paths = filesOf(recordFile);
    expect(paths.length).toBeGreaterThanOrEqual(246);
    for (const path of paths) {
      const text = readFileSync(path, 'utf8');
      const { command = [], ...record } = JSON.parse(text) as { command?: unknown };
      expect(command).toBeInstanceOf(Array);
      expect(decoded(recordFile, text, path), path).toEqual(record);
    }
  });

  test('result.json, which used to lack the sums of residual blocks', () => {
    const paths = filesOf(resultFile);
    expect(paths.length).toBeGreaterThanOrEqual(246);
    const withoutSums = paths.filter((path) => {
      const text = readFileSync(path, 'utf8');
      const result = decoded(resultFile, text, path);
      const json = JSON.parse(text) as object;
      expect(result, path).toEqual({ sums: [], ...json });
      return !('sums' in json);
    });
    expect(withoutSums.length).toBeGreaterThan(0);
  });

  test('config.yaml', async () => {
    const paths = filesOf({ name: configFile });
    expect(paths.length).toBeGreaterThanOrEqual(246);
    for (const path of paths) expect((await readConfig(join(path, '..'))).seed).toBeGreaterThan(0);
  });
});

test('the files in results/ total at most 2 MB', () => {
  const listed = execFileSync('git', ['ls-files', '-z', 'results'], { encoding: 'utf8' });
  const sizes = listed
    .split('\0')
    .filter(Boolean)
    .map((path) => lstatSync(path).size);
  expect(sizes.length).toBeGreaterThan(800);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2_000_000);
});
