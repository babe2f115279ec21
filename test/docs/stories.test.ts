import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { bbits } from '../helpers/run-bbits.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { fencesOf, pages } from './pages.js';
import { commandsIn } from './shell.js';

/**
 * Runs the commands of the documentation, in the order of its pages, with the real program, on a few images and
 * with a small network where the network is not the subject.
 */

/** Pages and commands that are not run here, and why. commands.test.ts still parses them. */
const notRun: readonly (readonly [RegExp, string])[] = [
  [
    /^docs\/backend\.md/,
    'downloads TensorFlow, or deletes it; test/backend/install, test/cli/backend',
  ],
  [
    /^docs\/slurm\.md/,
    'needs a cluster; test/cli/sweep has one that is not real, test/long a local one',
  ],
  [/^results\/.*\//, 'trains for hours; their own results are read by test/runs/folder/shipped'],
  [/^docs\/report\.md/, 'needs sweeps of several methods; test/cli/report'],
  [/^README\.md: bbits (sweep|report)/, 'eighteen runs; docs/sweep.md has the same commands'],
  [/^README\.md: bbits export/, 'downloads onnxruntime; test/long/onnx'],
  [/^README\.md: bbits backend doctor/, 'reads all that is installed; test/cli/backend'],
];

let small: string[];
beforeAll(async () => {
  small = [
    `dataset={name: mnist, path: ${await learnableMnist(40, 20)}}`,
    'backend=wasm',
    'training.batchSize=20',
  ];
});
const smallNetwork =
  'model={layers: [{type: convolution, name: conv1, filters: 2, kernel: 5, stride: 5}, {type: flatten}, ' +
  '{type: dense, name: fc, units: 10}]}';

/** Run a command of the documentation, but on few images. */
async function run(args: readonly string[], folder: string, ...settings: string[]) {
  const trains = args[0] === 'train' || args[0] === 'sweep';
  const oneSeed = args[0] === 'sweep' ? ['sweep.seed=[1]'] : [];
  const { code, stdout, stderr } = await bbits(
    [...args, ...(trains ? [...small, ...settings, ...oneSeed] : [])],
    process.env,
    folder,
  );
  expect(code, `bbits ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

function commandsOf(page: string, folder?: string): string[][] {
  const scripts = fencesOf(page).filter(({ language }) => language === 'sh');
  return commandsIn(scripts.map(({ text }) => text).join('\n'), folder)
    .filter((words) => words[0] === 'bbits')
    .filter((words) => !notRun.some(([pattern]) => pattern.test(`${page}: ${words.join(' ')}`)));
}

const withCommands = pages.filter((page) => commandsOf(page).length > 0);

test.each(withCommands)('%s', async (page) => {
  const folder = await temporaryFolder();
  const sweep = fencesOf(page).find(({ text }) => /^sweep:/m.test(text));
  if (sweep) await writeFile(join(folder, 'sweep.yaml'), sweep.text);
  for (const [, ...args] of commandsOf(page, folder)) {
    await run(args, folder, smallNetwork, 'training.epochs=1');
  }
});

/** A pattern for a text with any numbers and spaces, since other data gives other numbers. */
const shape = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replaceAll(/\d[\d.]*/g, '0')
        .replaceAll(/ +/g, ' ')
        .trim(),
    );

test('the quickstart prints what README.md and docs/integers.md show', async () => {
  const folder = await temporaryFolder();
  const [shown] = fencesOf('README.md').filter(({ language }) => language === '');
  // A narrower network with the same layers.
  const narrow = 'model={name: lenet5, width: 0.1}';
  const trained = await run(['train', 'configs/quickstart.yaml'], folder, narrow);
  expect(shape(trained)).toEqual(shape(shown?.text ?? ''));
  for (const { text } of fencesOf('docs/integers.md')) {
    const [command = '', ...lines] = text.split('\n');
    const [[, ...args] = []] = commandsIn(command.replace(/^\$ /, ''), folder);
    expect(shape(await run(args, folder))).toEqual(shape(lines.join('\n')));
  }
});
