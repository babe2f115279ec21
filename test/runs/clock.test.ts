import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { runFileHashes } from '../helpers/run-files.js';
import { silent } from '../helpers/silent-observer.js';
import { twoShortPhases } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { timingsFile } from '../../src/runs/folder/timings-file.js';
import { storedLines } from '../helpers/stored.js';

test('a clock that jumps, even backward, changes neither results nor measured seconds', async () => {
  const folder = await temporaryFolder();
  const data = await learnableMnist(40, 20);
  const config = parseConfig(
    `dataset: { name: mnist, path: ${data} }\n${twoShortPhases}`,
    'a.yaml',
  );
  const train = async (name: string, stepDone: () => void) => {
    const out = join(folder, name);
    await runExperiment(
      { config, file: 'a.yaml' },
      { out, command: ['test'] },
      { ...silent, stepDone },
    );
    return out;
  };
  const steady = await train('steady', () => undefined);
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.useFakeTimers({ toFake: ['Date'] });
  const years = [1980, 2090, 1999, 2050];
  let steps = 0;
  const jumping = await train('jumping', () => {
    vi.setSystemTime(new Date(`${years[steps++ % years.length] ?? 0}-03-01`));
  });
  expect(steps).toBe(4);
  expect(await runFileHashes(jumping)).toEqual(await runFileHashes(steady));
  const timings = await storedLines(jumping, timingsFile);
  expect(timings.map(({ epoch }) => epoch)).toEqual([1, 2]);
  for (const { finished, trainingSeconds, evaluationSeconds, peakMemoryBytes } of timings) {
    expect(peakMemoryBytes).toBeGreaterThan(1e7);
    expect(finished).toMatch(/^(1980|2090|1999|2050)-/);
    for (const seconds of [trainingSeconds, evaluationSeconds]) {
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(60);
    }
  }
});
