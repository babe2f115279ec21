import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFakeSweep } from '../helpers/fake-sweep.js';
import { sweepConfig } from '../helpers/sweep-config.js';
import { hasTerminals, screenOf, startInTerminal } from '../helpers/terminal.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** The lines that a command writes to a terminal. */
async function linesOf(args: readonly string[], columns: number): Promise<string[]> {
  const { code, written } = await startInTerminal(args, { columns }).ended;
  expect(code).toBe(0);
  return written.replaceAll('\r', '').split('\n');
}

const isTooLong = (columns: number) => (line: string) =>
  line.length > columns && line.trim().includes(' ');

describe.runIf(hasTerminals).each([80, 40])('on a terminal of %d columns', (columns) => {
  test.each(['configs/quickstart.yaml', 'configs/cifar10/resnet20.yaml'])(
    'inspect %s fits, with every number',
    async (config) => {
      const lines = await linesOf(['inspect', config, '--bits', 'w4a4'], columns);
      expect(lines.filter(isTooLong(columns))).toEqual([]);
      const conv1 = lines.findIndex((line) => line.startsWith('conv1'));
      const row = lines.slice(conv1, columns === 80 ? conv1 + 1 : conv1 + 6).join(' ');
      expect(row).toMatch(columns === 80 ? / 4 +4 / : /W: 4 +Out: 4/);
    },
  );

  test('a report and the list of its runs fit', async () => {
    const folder = await temporaryFolder();
    await writeFakeSweep(folder, [0.01, 0.1], [1, 2]);
    const out = join(await temporaryFolder(), 'report');
    const report = await linesOf(['report', folder, '--out', out], columns);
    expect(report.filter((line) => !line.includes(out)).filter(isTooLong(columns))).toEqual([]);
    const runs = await linesOf(['runs', folder], columns);
    expect(runs.filter(isTooLong(columns))).toEqual([]);
    expect(runs.join('\n')).toContain('mu 0.01, seed 1');
  });
});

test.runIf(hasTerminals)(
  'training at 40 columns prints lines that fit, and leaves no bar after Ctrl-C',
  async () => {
    const { file, at } = await sweepConfig('{}', 1_000_000);
    const config = (await readFile(file, 'utf8')).replace(/^sweep.*\n/m, '');
    await writeFile(file, config);
    const running = startInTerminal(['train', file, '--out', at('run')], { columns: 40 });
    await running.shows((written) => /Epoch +2\/.*█/.test(written));
    running.type('\u0003');
    const { code, written } = await running.ended;
    expect(code).toBe(130);
    const screen = screenOf(written, 40);
    expect(screen.join('\n')).not.toMatch(/[█░]/);
    const first = screen.findIndex((line) => line.startsWith('Epoch       1/1000000'));
    expect(screen.slice(first, first + 3)).toEqual([
      expect.stringMatching(/^Epoch +1\/1000000$/),
      expect.stringMatching(/^ {2}cross entropy [\d.]+ {2}mu R [\d.]+$/),
      expect.stringMatching(/^ {2}test [\d.]+ % {2}BOPs [\d.]+ %$/),
    ]);
  },
);
