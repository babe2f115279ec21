import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { configJsonSchema, parseConfig, type Config } from '../../src/config/config.js';
import { allKeys, keysOf } from '../../src/config/keys.js';
import { loadLaunch, parseSweep } from '../../src/config/sweep.js';
import { datasets } from '../../src/data/datasets/datasets.js';
import { loadReferences } from '../../src/report/references.js';
import { runExperiment } from '../../src/runs/run-experiment.js';
import { planFor, type DataShape } from '../../src/setup/plan-for-config.js';
import { learnableMnist } from '../helpers/learnable-mnist.js';
import { silent } from '../helpers/silent-observer.js';
import { tinyNetwork } from '../helpers/small-network.js';
import { smallRunHere } from '../helpers/small-run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { fencesOf, inlineCodeOf, pages, type Fence } from './pages.js';

/** Checks that every config in the documentation is valid, fits its images, and trains. */

const yaml = pages.flatMap(fencesOf).filter(({ language }) => language === 'yaml');
const isReferences = ({ text }: Fence) => /^- network:/m.test(text);
const hasKeys = ({ text }: Fence) => /^\w+:/m.test(text);
const name = ({ page, line }: Fence) => `${page}:${line}`;
const named = (fences: readonly Fence[]) =>
  fences.map((fence): [string, Fence] => [name(fence), fence]);

/** An excerpt of a config, completed with the required keys. */
function completed(text: string): string {
  const hasKey = (key: string) => new RegExp(`^${key}:`, 'm').test(text);
  const missing = ['dataset: mnist', 'model: lenet5'].filter(
    (line) => !hasKey(line.split(':')[0] ?? ''),
  );
  if (hasKey('slurm') && !hasKey('sweep')) missing.push('sweep: { seed: [1] }');
  return [...missing, text].join('\n');
}

/** The config, or the first point of a sweep. */
function configOf(text: string, overrides: readonly string[] = []): Config {
  const whole = completed(text);
  if (!/^sweep:/m.test(whole)) return parseConfig(whole, 'c.yaml', overrides);
  const [point] = parseSweep(whole, 'c.yaml', overrides);
  if (!point) throw new Error('Expected a sweep with a point.');
  return point.config;
}

/** The images that a network has to fit; for the user's own data set, any. */
function shapeOf({ dataset }: Config): DataShape {
  if ('classes' in dataset) {
    return {
      name: 'own',
      classes: dataset.classes,
      imageShape: [32, 32, dataset.mean?.length ?? 3],
    };
  }
  return datasets[dataset.name].shape;
}

/** A network that is traced quickly; its first layer has the name used by per-layer settings. */
const network =
  '{layers: [{type: convolution, name: conv1, filters: 2, kernel: 5, stride: 5, batchNorm: folded}, ' +
  '{type: flatten}, {type: dense, name: fc, units: 10}]}';

const configs = yaml.filter((fence) => !isReferences(fence) && hasKeys(fence));

describe('a config', () => {
  let dataset: string;
  let teacher: string;
  beforeAll(async () => {
    dataset = await learnableMnist(40, 20);
    teacher = await smallRunHere(`${tinyNetwork}backend: wasm\ntraining: { epochs: 1 }\n`);
  });

  test.each(named(configs))('%s has a network that fits its images', async (_, { text }) => {
    const config = configOf(text);
    expect(() => planFor(config.model, shapeOf(config))).not.toThrow();
    if (/^(launcher|slurm):/m.test(text)) {
      const file = join(await temporaryFolder(), 'c.yaml');
      await writeFile(file, completed(text));
      expect(await loadLaunch(file)).toMatchObject({ slurm: expect.anything() as unknown });
    }
  });

  /** Train with all settings but the data, network and machine. */
  test.each(named(configs))('%s trains', async (_, { text }) => {
    const overrides = [
      `dataset={name: mnist, path: ${dataset}}`,
      `model=${network}`,
      'backend=wasm',
      'training.epochs=1',
      'training.batchSize=20',
      // This network exceeds some budgets even at 2 bits.
      ...(/^target:/m.test(text) ? ['target.relativeBopsPercent=5'] : []),
      ...(/^teacher:/m.test(text) ? [`teacher.run=${teacher}`] : []),
    ];
    const out = join(await temporaryFolder(), 'run');
    const config = configOf(text, overrides);
    const { result } = await runExperiment(
      { config, file: 'c.yaml' },
      { out, command: [] },
      silent,
    );
    expect(result).toMatchObject({ epochs: 1 });
  });
});

test.each(named(yaml.filter(isReferences)))('%s has published results', async (_, { text }) => {
  const file = join(await temporaryFolder(), 'own.yaml');
  await writeFile(file, text);
  const own = (await loadReferences(file)).length - (await loadReferences(undefined)).length;
  expect(own).toBe(text.match(/^- /gm)?.length);
});

const schema = configJsonSchema();
const sections = new Set(keysOf(schema).keys());
const keys = allKeys(schema).map(({ path }) => path.join('.'));

/** Inline code that looks like a setting, and what it is. */
const noSettings: Readonly<Record<string, string>> = {
  'dataset.contents': 'a key of run.json',
  'optimizers.ts': 'a file',
  'model.layers.2.branch.0.kernel': 'a key of a list, as messages name it',
  'dataset: optdigits': 'the reader of docs/extending.md has added it; test/extending does too',
  'training: { augmentation: black-square }': 'the same',
};

test.each(pages)('%s mentions only existing settings', (page) => {
  const settings = inlineCodeOf(page).filter(
    (code) => sections.has(/^'?(\w+)/.exec(code)?.[1] ?? '') && !(code in noSettings),
  );
  for (const code of settings) {
    if (/^\w+: /.test(code)) {
      // In a sweep, keys have lists of values.
      const isList = /\d\.\.\d|\{ from:/.test(code);
      expect(() => configOf(isList ? `sweep: { ${code} }` : code), code).not.toThrow();
    } else if (/^[\w.]+: /.test(code)) {
      expect.fail(`${code} is a key of YAML with a dot, which a config does not have`);
    } else if (/^'?[\w.]+=/.test(code)) {
      // Only the user's own data set has a mean to change.
      const text = /^'?dataset\.(?!path)/.test(code) ? 'dataset: { path: own, classes: 5 }' : '';
      expect(() => configOf(text, [code.replaceAll("'", '')]), code).not.toThrow();
    } else if (/^\w+(\.\w+)+$/.test(code)) expect(keys).toContain(code);
  }
});
