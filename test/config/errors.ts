import { expect } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { datasetNames } from '../../src/data/datasets/datasets.js';
import { UserError } from '../../src/errors.js';
import { models } from '../../src/models/models.js';

/** A minimal config; tests append their errors after these two lines. */
export const least = 'dataset: mnist\nmodel: lenet5\n';

/** The top-level keys, as errors list them. */
export const topLevel =
  'dataset, model, from, teacher, seed, backend, threads, tf32, mu, target, quantization, gates, regularizer, optimizers, training, fineTuning';

/** The values expected at some keys, as errors describe them. */
const names = `one of: ${datasetNames.join(', ')}`;
const modelNames = `one of: ${Object.keys(models).join(', ')}`;
export const expectedAt = {
  'dataset.name': names,
  dataset: `${names}, or a mapping (keys: name, path), or a mapping (keys: path, classes, mean, std)`,
  'model.name': modelNames,
  model: `${modelNames}, or a mapping (keys: name, width, batchNorm), or a mapping (keys: layers, initialWeights)`,
};

/** The lines of the error for a bad config in a file c.yaml. */
export function errorsOf(text: string, ...overrides: string[]): string[] {
  try {
    parseConfig(text, 'c.yaml', overrides);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { exitCode, message } = error as UserError;
    expect(exitCode).toBe(2);
    return message.split('\n');
  }
  throw new Error('The config was accepted.');
}
