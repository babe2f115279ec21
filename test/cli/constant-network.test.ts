import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { resultFile } from '../../src/runs/folder/result-file.js';
import { bbits } from '../helpers/run-bbits.js';
import { plainNetwork } from '../helpers/small-network.js';
import { smallRunHere } from '../helpers/small-run.js';
import { stored } from '../helpers/stored.js';

const text = `${plainNetwork}threads: 1
training: { epochs: 2, batchSize: 40, validationImages: 20 }
`;
const sentence =
  'The network is a constant: a layer has lost all its channels, so that every\n' +
  'image gets the same answer. Try a smaller mu, or a lower\n' +
  'optimizers.gates.learningRate.\n';

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await bbits(args, process.env);
  expect({
    code,
    stderr: stderr.replace(/^.*(?:images|threads?|Writing to .*|cost of open gates)\n/gm, ''),
  }).toEqual({
    code: 0,
    stderr: '',
  });
  expect(stdout).not.toMatch(/NaN|null %|undefined|Infinity/);
  return stdout;
}

test('every command reports a run without any channels as a constant network', async () => {
  const good = await smallRunHere(text);
  const folder = dirname(good);
  const empty = join(folder, 'empty');
  const trained = await run(
    ...['train', join(good, 'config.yaml'), '--out', empty],
    ...['mu=1000', 'optimizers.gates.learningRate=1'],
  );
  expect(trained).toContain('at 0 % relative BOPs (0)');
  expect(trained).toMatch(/^fc1 .* 0 of 32 .* 0 %$/m);
  expect(trained).toContain(sentence);
  expect(trained).toContain('% test accuracy at 0 % relative BOPs');
  const result = await stored(empty, resultFile);
  expect(result).toMatchObject({ isConstant: true, gbops: 0, relativeBopsPercent: 0 });
  expect(result.layers.map(({ shareOfBopsPercent }) => shareOfBopsPercent)).toEqual([0, 0, 0]);
  expect(await stored(good, resultFile)).not.toHaveProperty('isConstant');

  expect(await run('inspect', empty)).toContain(sentence);
  expect(await run('inspect', good)).not.toContain('constant');
  expect(await run('evaluate', empty)).toContain('at 0 % relative BOPs (0)');
  expect(await run('export', empty)).toMatch(/^0 of [\d.]+ k weights \(0 %\)\n/);

  const report = await run('report', folder);
  expect(report).toMatch(/^ {2}1000 .* 0 +0 /m);
  expect(report.replaceAll('\n', ' ')).toContain('mu 1000: The network is a constant');
  const { groups } = JSON.parse(await run('report', folder, '--json')) as {
    groups: { rows: { mu: number; onParetoFront: boolean; constantNetworks?: number }[] }[];
  };
  expect(
    groups.flatMap(({ rows }) =>
      rows.map(({ mu, onParetoFront, constantNetworks }) => [mu, onParetoFront, constantNetworks]),
    ),
  ).toEqual([
    [0.1, true, undefined],
    [1000, false, 1],
  ]);
});
