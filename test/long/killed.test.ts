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
const kills = 6;

/** Killed again and again, at moments drawn uniformly from the time that the whole run takes. */
test.each(Object.entries(configs))(
  '%s: a run that is killed goes on to the same bytes',
  async (name, text) => {
    const folder = await temporaryFolder();
    const config = join(folder, 'small.yaml');
    const data = `dataset: { name: mnist, path: ${await learnableMnist()} }\n`;
    await writeFile(
      config,
      `${data}${text}threads: 1\noptimizers: { gates: { learningRate: 5e-2 } }\n`,
    );
    const [whole, cut] = [join(folder, 'whole'), join(folder, 'cut')];
    const start = performance.now();
    expect((await bbits(['train', config, '--out', whole, '--quiet'], process.env)).code).toBe(0);
    const wholeTime = performance.now() - start;

    const moments = randomStream(7, name);
    const train = ['train', config, '--out', cut, '--quiet'];
    const next = async () => {
      if (existsSync(join(cut, 'config.yaml'))) return ['resume', cut, '--quiet'];
      // It had not come as far as its config: there is nothing to lose.
      await rm(cut, { recursive: true, force: true });
      return train;
    };
    for (let kill = 0; kill < kills; kill++) {
      const running = startBbits(await next(), process.env);
      await Promise.race([sleep(moments.uniform() * wholeTime), running.ended]);
      running.kill('SIGKILL');
      await running.ended;
    }
    const last = await bbits(
      (await next()).filter((word) => word !== '--quiet'),
      process.env,
    );
    expect(last.stderr).not.toContain('bug');
    expect(last.code).toBe(0);
    expect(await runFileHashes(cut)).toEqual(await runFileHashes(whole));
  },
);
