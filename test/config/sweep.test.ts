import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { parseSweep } from '../../src/config/sweep.js';
import { least } from './errors.js';

const points = (sweep: string, ...overrides: string[]) =>
  parseSweep(`${least}${sweep === '' ? '' : `sweep: ${sweep}\n`}`, 'c.yaml', overrides).map(
    ({ settings }) => settings,
  );

/** The lines of the error for a bad sweep. */
function errorsOf(sweep: string, ...overrides: string[]): string[] {
  try {
    points(sweep, ...overrides);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(2);
    return (error as UserError).message.split('\n');
  }
  throw new Error('The sweep was accepted.');
}

const values = (key: string, ...all: number[]) => all.map((value) => ({ [key]: value }));
const forms = 'a list of values, whole numbers as in 1..10, or {from: 0.01, to: 1, points: 5}';

describe('the values of a sweep', () => {
  test('may be a range of whole numbers', () => {
    expect(points('{ seed: 1..4 }')).toEqual(values('seed', 1, 2, 3, 4));
    expect(points('{ gates.initialPhi.8: -1..1 }')).toEqual(values('gates.initialPhi.8', -1, 0, 1));
    expect(points('{ seed: 3..3 }')).toEqual(values('seed', 3));
  });

  test('may be spaced linearly or logarithmically, to six digits', () => {
    expect(points('{ mu: { from: 0.001, to: 1, points: 7, spacing: log } }')).toEqual(
      values('mu', 0.001, 0.00316228, 0.01, 0.0316228, 0.1, 0.316228, 1),
    );
    expect(points('{ mu: { from: 0, to: 1, points: 4 } }')).toEqual(
      values('mu', 0, 0.333333, 0.666667, 1),
    );
    expect(points('{ mu: { from: 1.23456789, to: 0.1, points: 2 } }')).toEqual(
      values('mu', 1.23456789, 0.1),
    );
  });

  test('are combined, whatever their form, with the last key varying fastest', () => {
    expect(points('{ mu: [0.1, 0.2], seed: 1..2 }')).toEqual([
      { mu: 0.1, seed: 1 },
      { mu: 0.1, seed: 2 },
      { mu: 0.2, seed: 1 },
      { mu: 0.2, seed: 2 },
    ]);
  });

  test.each([
    ['{ mu: [] }', '3:14 sweep.mu: found an empty list, expected at least one value'],
    ['{ mu: 0.1 }', `3:14 sweep.mu: found 0.1, expected ${forms}`],
    ['{ seed: 1...3 }', `3:16 sweep.seed: found "1...3", expected ${forms}`],
    ['{ seed: 3..1 }', '3:16 sweep.seed: found "3..1", expected the smaller number first'],
    ['{ seed: 1..50000 }', '3:16 sweep.seed: found "1..50000", expected at most 10000 values'],
    ['{ seed: [1, 2, 2] }', '3:23 sweep.seed: found 2 twice, expected each value once'],
    ['{ model: { name: vgg7 } }', `3:17 sweep.model: found a mapping, expected ${forms}`],
    [
      '{ mu: { from: 0, to: 1, points: 4, spacing: log } }',
      '3:22 sweep.mu.from: found 0, expected a number above 0, since spacing is log',
    ],
    [
      '{ mu: { from: 1, to: 2, point: 4 } }',
      '3:14 sweep.mu.points: missing, expected an integer from 2 to 10000',
      '3:32 sweep.mu.point: unknown key, did you mean points?',
    ],
    [
      '{ training.epochs: { from: 1, to: 2, points: 3 } }',
      '3:27 training.epochs: found 1.5, expected an integer of at least 1',
    ],
    [
      '{ mu: { from: 1, to: 1.000001, points: 9 } }',
      '3:14 sweep.mu: found 1 twice, expected each value once',
    ],
    [
      '{ model: [lenet5, { name: lenet5 }] }',
      '3:17 sweep: found the point {"model":{"name":"lenet5"}} twice, expected each point once',
    ],
    [
      '[{ seed: 1 }, { mu: 0.1, seed: 1 }]',
      '3:22 sweep: found the point {"mu":0.1,"seed":1} twice, expected each point once',
    ],
    [
      '{ seed: 1..5001, mu: [1, 2] }',
      '3:29 sweep.mu: found more than 10000 points up to this key, expected at most that many',
    ],
  ])('are refused if invalid: %s', (sweep, ...errors) => {
    expect(errorsOf(sweep)).toEqual(errors.map((error) => `c.yaml:${error}`));
  });
});

describe('on the command line', () => {
  test('a key of the sweep gets values, whether it is in the file or not', () => {
    expect(points('', 'sweep.mu=[0.01, 0.1]')).toEqual(values('mu', 0.01, 0.1));
    expect(points('{ mu: [1], seed: 1..2 }', 'sweep.mu=[3]', 'training.epochs=3')).toEqual([
      { mu: 3, seed: 1 },
      { mu: 3, seed: 2 },
    ]);
    const rate = 'optimizers.gates.learningRate';
    expect(points('', `sweep.${rate}=[1e-2]`)).toEqual(values(rate, 0.01));
    expect(points('[{ mu: 1 }]', 'sweep={seed: 1..2}')).toEqual(values('seed', 1, 2));
  });

  test.each([
    ['sweep.muu=[1]', 'sweep.muu: unknown key, did you mean mu?'],
    ['sweep.mu=[1, 1]', 'sweep.mu: found 1 twice, expected each value once'],
    ['sweep.mu=[x]', 'mu: found "x", expected a number of at least 0'],
    ['sweep.mu=0.1', `sweep.mu: found 0.1, expected ${forms}`],
    ['sweep.mu=[', 'sweep.mu: not valid YAML: Flow sequence must end with a ]'],
    [
      'sweep.mu=[1] #x',
      `sweep.mu: found "#x", which is a comment in YAML, expected a value; if it is text, quote it: 'sweep.mu="[1] #x"'`,
    ],
    [
      'mu=3',
      'mu: found a key that the sweep varies (mu), expected another one; to change its values: sweep.mu=[...]',
    ],
  ])('an error is reported as one of the command line: %s', (override, error) => {
    expect(errorsOf('{ mu: [7] }', override)).toEqual([`command line: ${error}`]);
  });

  test('a list of points has no keys that can be overridden', () => {
    expect(errorsOf('[{ mu: 1 }]', 'sweep.mu=[1]')).toEqual([
      'command line: sweep.mu: found a list in the file, expected keys with lists of values',
    ]);
  });
});
