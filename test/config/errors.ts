import { expect } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { UserError } from '../../src/errors.js';

/** The least that a config needs; what is wrong in a test comes after these two lines. */
export const least = 'dataset: mnist\nmodel: lenet5\n';

/** The keys that stand alone, as errors list them. */
export const topLevel =
  'dataset, model, seed, backend, threads, mu, gates, regularizer, optimizers, training';

/** The lines of the error that a bad config gets, as a file c.yaml. */
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
