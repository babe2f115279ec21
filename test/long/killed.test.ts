import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/random.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits, startBbits } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { smallNetwork } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const configs = {
  'LeNet-5': 'model: lenet5\ntraining: { epochs: 12, batchSize: 50 }\n',
  'batch norms, images shifted': `${smallNetwork}training: { epochs: 24, batchSize: 4, augmentation: crop-and-flip }\n`,
  'fine-tuning': `${smallNetwork}training: { epochs: 12, batchSize: 4 }\nfineTuning: { epochs: 12 }\n`,
  'a budget': `${smallNetwork}training: { epochs: 24, batchSize: 4 }\ntarget: { relativeBopsPercent: 2 }\n`,
};
const kills = 20;

/** Kills (SIGKILL) at times drawn uniformly over the duration of the whole run, and resumes each time. */
test.each(Object.entries(configs))(
  '%s: a run killed repeatedly resumes to the same bytes',
  async (name, text) => {
    const folder = await temporaryFolder();
    const config = join(folder, 'small.yaml');
    const data = `dataset: { name: mnist, path: ${await learnableMnist()} }\n`;
    await writeFile(
      config,
      `${data}${text}threads: 1\noptimizers: { gates: { learningRate: 5e-2 } }\n`,
    );
    const [whole, cut] = [join(folder, 'whole'), join(folder, 'cut')];
    const begun = performance.now();
    const uninterrupted = startBbits(['train', config, '--out', whole], process.env);
    await uninterrupted.says('Writing to');
    const startTime = performance.now() - begun;
    expect((await uninterrupted.ended).code).toBe(0);
    const trainingTime = performance.now() - begun - startTime;
    const expected = await runFileHashes(whole);

    const next = async () => {
      if (existsSync(join(cut, 'config.yaml'))) return ['resume', cut];
      // It was killed before it wrote its config, so nothing is lost.
      await rm(cut, { recursive: true, force: true });
      return ['train', config, '--out', cut];
    };
    const draws = randomStream(7, name);
    const moments = Array.from({ length: kills }, () => draws.uniform() * trainingTime);
    moments.sort((a, b) => a - b);
    for (const [index, moment] of moments.entries()) {
      const running = startBbits(await next(), process.env);
      // Train for the time between two kills.
      const trains = moment - (moments[index - 1] ?? 0);
      await Promise.race([sleep(startTime + trains), running.ended]);
      running.kill('SIGKILL');
      const { code, stderr } = await running.ended;
      expect(stderr).not.toContain('bug');
      if (code === null) continue;
      // It finished early, as on a machine that became faster: use the remaining kills on a new run.
      expect(code).toBe(0);
      expect(await runFileHashes(cut)).toEqual(expected);
      await rm(cut, { recursive: true });
    }
    const last = await bbits(await next(), process.env);
    expect(last).toMatchObject({ code: 0 });
    expect(await runFileHashes(cut)).toEqual(expected);
  },
);
