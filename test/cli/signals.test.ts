import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Archive } from '../../src/data/get.js';
import { answerWith, serve, smallArchive } from '../data/archive-server.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits, startBbits, startNode, type Running } from '../helpers/run-bbits.js';
import { runFileHashes } from '../helpers/run-files.js';
import { smallRun } from '../helpers/small-run.js';
import { smallNetwork, twoShortPhases } from '../helpers/small-network.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** A config with fine-tuning, in a folder of its own. */
async function twoPhases(): Promise<{ folder: string; config: string }> {
  const folder = await temporaryFolder();
  const config = join(folder, 'small.yaml');
  const data = `dataset: { name: mnist, path: ${await learnableMnist()} }\n`;
  await writeFile(config, data + twoShortPhases);
  return { folder, config };
}

/** `bbits data get cifar10` from a URL other than the published one. */
function getCifar10(folder: string, archive: Archive): Running {
  const command = pathToFileURL(join(import.meta.dirname, '../../dist/cli/data.js'));
  const output = pathToFileURL(join(import.meta.dirname, '../../dist/cli/output/say.js'));
  const script = `(await import('${output.href}')).tolerateFailingOutput();
    const { dataCommand } = await import('${command.href}');
    await dataCommand(${JSON.stringify(archive)}).parseAsync(['get', 'cifar10'], { from: 'user' });`;
  return startNode(['--input-type=module', '--eval', script], process.env, folder);
}

test('a signal during startup, loading or compilation leaves no partial files', async () => {
  const { folder, config } = await twoPhases();
  const train = (name: string) => ['train', config, '--out', join(folder, name)];
  const begun = performance.now();
  expect((await bbits(train('whole'), process.env)).code).toBe(0);
  const wholeTime = performance.now() - begun;
  const expected = await runFileHashes(join(folder, 'whole'));
  const moments = 5;
  const codes = new Set<number | null>();
  for (let moment = 0; moment < moments; moment++) {
    const name = `cut-${moment}`;
    const running = startBbits(train(name), process.env);
    await Promise.race([sleep(((moment + 0.5) / moments) * wholeTime), running.ended]);
    running.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    codes.add(code);
    // null: before the program itself started.
    expect([null, 0, 143]).toContain(code);
    expect(stderr).not.toContain('bug');
    if (code === 143)
      expect(stderr).toMatch(/^Interrupted; .*(\.| To continue: bbits resume \S+\d)$/m);
    if (!existsSync(join(folder, name))) continue;
    expect((await bbits(['resume', join(folder, name)], process.env)).code).toBe(0);
    expect(await runFileHashes(join(folder, name))).toEqual(expected);
  }
  expect(codes).toContain(143);
});

test('a run stopped during fine-tuning resumes to the same bytes', async () => {
  const { folder, config } = await twoPhases();
  const settings = ['backend=wasm', 'fineTuning.epochs=3'];
  const train = (name: string) => ['train', config, ...settings, '--out', name];
  const [whole, cut] = [join(folder, 'whole'), join(folder, 'cut')];
  expect((await bbits(train(whole), process.env)).code).toBe(0);
  const running = startBbits(train(cut), process.env);
  await running.says('Epoch 2/4');
  running.kill('SIGUSR1');
  const { code, stderr } = await running.ended;
  expect(code).toBe(138);
  expect(stderr).toMatch(/Interrupted; [23] epochs finished\. To continue: bbits resume /);
  expect((await bbits(['resume', cut], process.env)).code).toBe(0);
  expect(await runFileHashes(cut)).toEqual(await runFileHashes(whole));
});

test('a signal while computing a sensitivity curve leaves nothing written', async () => {
  const run = await smallRun(`${smallNetwork}backend: wasm
quantization: { weights: 8, activations: 8, channels: all }
training: { epochs: 1, batchSize: 32, validationImages: 40 }
`);
  const running = startBbits(['sensitivity', run], process.env);
  await running.says(' 2/11');
  running.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: 'Interrupted; nothing was written.\n' });
  expect(await readdir(run)).not.toContain('sensitivity.json');
});

test('a download finishes although its output is no longer read', async () => {
  const { contents, archive } = await smallArchive();
  const rest = new EventEmitter();
  const { url } = await serve((response) => {
    response.writeHead(200).write(contents.subarray(0, 500));
    rest.once('wanted', () => response.end(contents.subarray(500)));
  });
  const folder = await temporaryFolder();
  const running = getCifar10(folder, { ...archive, url });
  await running.says(' %');
  running.stopReading();
  rest.emit('wanted');
  expect((await running.ended).code).toBe(0);
  expect(await readdir(join(folder, 'datasets/cifar10'))).toEqual(['cifar-10-batches-bin']);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s during a download keeps the partial file, which the next one resumes',
  async (signal, code) => {
    const { contents, archive } = await smallArchive();
    const half = contents.length >> 1;
    // The first answer stalls halfway, as on a slow network.
    const { url, ranges } = await serve((response, request, number) => {
      if (number > 1) answerWith(contents)(response, request, number);
      else response.writeHead(200).write(contents.subarray(0, half));
    });
    const folder = await temporaryFolder();
    const get = () => getCifar10(folder, { ...archive, url });
    const running = get();
    const part = join(folder, 'datasets/cifar10/cifar-10-batches-bin.tar.gz.part');
    await expect
      .poll(async () => (await stat(part).catch(() => undefined))?.size, { timeout: 9000 })
      .toBe(half);
    running.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(
      /Interrupted; the download so far is kept, and the same command continues it\.\n$/,
    );
    const again = await get().ended;
    expect(again.code, again.stderr).toBe(0);
    expect(ranges).toEqual(['all', `bytes=${half}-`]);
    expect(await readdir(join(folder, 'datasets/cifar10'))).toEqual(['cifar-10-batches-bin']);
  },
);
