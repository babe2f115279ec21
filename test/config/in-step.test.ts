import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { generatedFiles } from '../../docs/generate/files.js';
import { schemaCommand } from '../../src/cli/schema.js';
import { configJsonSchema, loadConfig, parseConfig } from '../../src/config/config.js';
import { formsOf } from '../../src/config/forms.js';
import { allKeys, elementsOf, schemaAt } from '../../src/config/keys.js';
import { recipeOf } from '../../src/config/naming/settings.js';
import { loadSweep } from '../../src/config/sweep.js';
import { weightlessTypes } from '../../src/nn/layers/weightless-types.js';
import { least } from './errors.js';

const root = resolve(import.meta.dirname, '../..');

test('every key is documented', () => {
  const sentence = /^[A-Z].*\.$/;
  const root = configJsonSchema();
  const layers = formsOf(elementsOf(schemaAt(root, ['model', 'layers']) ?? {}) ?? {});
  // Convolutions, dense layers and residual blocks have weights.
  expect(layers).toHaveLength(weightlessTypes.length + 3);
  for (const layer of layers) expect(layer.description).toMatch(sentence);
  const keys = layers.flatMap((layer) => allKeys(layer).filter(({ path }) => path[0] !== 'type'));
  for (const { path, schema } of [...allKeys(root), ...keys]) {
    expect(schema.description, path.join('.')).toMatch(sentence);
  }
});

test.each([
  ['configs/schema.json', []],
  ['configs/report-schema.json', ['report']],
])('%s is what bbits schema prints', async (file, of) => {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  await schemaCommand().parseAsync(of, { from: 'user' });
  write.mockRestore();
  expect(printed.join(''), 'The schema has changed. Renew its file with: npm run docs').toBe(
    await readFile(join(root, file), 'utf8'),
  );
});

describe('the configs', async () => {
  const all = await readdir(join(root, 'configs'), { recursive: true });
  // Published results, for bbits report.
  const names = all.filter((name) => name !== 'references.yaml');
  test.each(names.filter((name) => name.endsWith('.yaml')))('%s', async (name) => {
    const file = join(root, 'configs', name);
    const isSweep = /^sweep:/m.test(await readFile(file, 'utf8'));
    await (isSweep ? loadSweep(file) : loadConfig(file));
    const schema = relative(join(file, '..'), join(root, 'configs/schema.json'));
    const text = await readFile(file, 'utf8');
    expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}`);
  });

  test('the published run equals the defaults, and the quickstart except for two settings', async () => {
    const defaults = parseConfig(least, 'c.yaml');
    const published = await loadConfig(join(root, 'configs/mnist/lenet5.yaml'), []);
    expect(published.config).toStrictEqual(defaults);
    const quickstart = await loadConfig(join(root, 'configs/quickstart.yaml'), [
      'optimizers.gates.learningRate=1e-3',
      'training.epochs=100',
    ]);
    expect(quickstart.config).toStrictEqual(defaults);
  });
});

describe('docs/configuration.md', async () => {
  const file = join(root, 'docs/configuration.md');
  const text = await readFile(file, 'utf8');

  test('has up-to-date tables of keys', async () => {
    const made = (await generatedFiles()).get('docs/configuration.md');
    expect(made, 'Its tables are stale. Renew them with: npm run docs').toBe(text);
  });
});

describe('docs/recipes.md', async () => {
  const text = await readFile(join(root, 'docs/recipes.md'), 'utf8');
  const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, code = '']) => code);

  test('has a config for every recipe', () => {
    const told = examples.flatMap((example) => recipeOf(parseConfig(example, 'c.yaml')));
    const kinds = new Set(told.map((words) => words.replace(/ (by )?\S*\d.*| by \S+$/, '')));
    expect([...kinds].sort()).toEqual([
      'SGD',
      'averaged weights',
      'cutout',
      'gates frozen for the last',
      'label smoothing',
      'mixup',
      'priced by expected BOPs',
      'taught',
      'teacher weight',
      'temperature',
    ]);
  });
});
