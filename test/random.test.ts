import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.js';
import { randomStream, shuffled, type RandomStream } from '../src/random.js';

const seeds = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const names = fc.string({ maxLength: 20 });

function standingAt(state: readonly number[]): RandomStream {
  const stream = randomStream(9, 'another');
  stream.restore(state);
  return stream;
}

describe('a stream', () => {
  // Computed in Python: xoroshiro128+ (shifts 24, 16, 37) on 64-bit integers, seeded with the first four
  // little-endian words of hashlib.sha256(b'1:shuffle') as high0, low0, high1, low1; each value is (sum mod 2^32 +
  // 0.5) / 2^32.
  test.each([
    [1, 'shuffle', [0.5204439453082159, 0.04772810882423073, 0.8604740764712915]],
    [1, 'gates', [0.20228465122636408, 0.6283634809078649, 0.5963660661363974]],
    [2, 'shuffle', [0.11377575097139925, 0.4215995065169409, 0.7834217398194596]],
  ])('of seed %d, %s, starts with known numbers', (seed, name, expected) => {
    expect(Array.from(randomStream(seed, name).uniforms(3))).toEqual(expected);
  });

  test('depends on the name, the seed, and where the one ends and the other begins', () => {
    const first = (seed: number, name: string) => randomStream(seed, name).uniform();
    const values = [first(1, 'a'), first(2, 'a'), first(1, 'b'), first(-1, 'a'), first(1, '1:a')];
    expect(new Set([...values, first(11, 'a')]).size).toBe(6);
  });

  test('is uncorrelated with the stream of another name', () => {
    const n = 100_000;
    const gates = randomStream(5, 'gates').uniforms(n);
    const shuffle = randomStream(5, 'shuffle').uniforms(n);
    const covariance = gates.reduce((sum, u, i) => sum + (u - 0.5) * ((shuffle[i] ?? 0) - 0.5), 0);
    // The correlation's standard deviation is 1 / sqrt(n), about 0.003.
    expect(Math.abs((covariance / n) * 12)).toBeLessThan(0.015);
  });

  test('continues identically from a saved state, through JSON', () => {
    fc.assert(
      fc.property(seeds, names, fc.nat(50), (seed, name, before) => {
        const stream = randomStream(seed, name);
        stream.uniforms(before);
        const restored = standingAt(JSON.parse(JSON.stringify(stream.state())) as number[]);
        expect(restored.uniforms(20)).toEqual(stream.uniforms(20));
        expect(restored.integer(7)).toBe(stream.integer(7));
        expect(restored.state()).toEqual(stream.state());
      }),
    );
  });

  test('does not change a state taken earlier', () => {
    const stream = randomStream(1, 'gates');
    const state = stream.state();
    const copy = [...state];
    stream.uniforms(10);
    expect(state).toEqual(copy);
    expect(stream.state()).not.toEqual(copy);
  });

  test.each([
    ['too short', [1, 2, 3]],
    ['too long', [1, 2, 3, 4, 5]],
    ['all zero', [0, 0, 0, 0]],
    ['a fraction', [1, 2, 3, 4.5]],
    ['past 32 bits', [1, 2, 3, 2 ** 31]],
    ['not a number', [1, 2, 3, NaN]],
  ])('cannot be restored from a state that is %s', (_, state) => {
    expect(() => standingAt(state)).toThrow(UserError);
  });

  test.each([1.5, NaN, Infinity, 2 ** 53])('rejects the seed %d', (seed) => {
    expect(() => randomStream(seed, 'gates')).toThrow(RangeError);
  });
});

describe('uniform', () => {
  test('stays inside (0, 1) at both extremes of the 32 bits', () => {
    // xoroshiro128+ outputs the sum of the low words, the second and fourth.
    expect(standingAt([1, 0, 1, 0]).uniform()).toBe(0.5 / 2 ** 32);
    expect(standingAt([1, -1, 1, 0]).uniform()).toBe(1 - 0.5 / 2 ** 32);
  });

  test('fills 100 bins evenly', () => {
    const bins = new Array<number>(100).fill(0);
    for (const u of randomStream(3, 'bins').uniforms(1_000_000)) {
      const bin = Math.floor(u * 100);
      bins[bin] = (bins[bin] ?? NaN) + 1;
    }
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99 degrees of freedom: mean 99, standard deviation 14.
    expect(chiSquare).toBeGreaterThan(99 - 4 * 14);
    expect(chiSquare).toBeLessThan(99 + 4 * 14);
  });

  test('gives the same numbers one by one and in bulk', () => {
    const stream = randomStream(4, 'gates');
    const single = Array.from({ length: 10 }, () => stream.uniform());
    expect(Array.from(randomStream(4, 'gates').uniforms(10))).toEqual(single);
  });
});

describe('integer', () => {
  test('is below its bound', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 2 ** 32 }), (seed, below) => {
        const drawn = randomStream(seed, 'integers').integer(below);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < below).toBe(true);
      }),
    );
  });

  test('is uniform even if 2^32 is far from a multiple of the bound', () => {
    const stream = randomStream(6, 'integers');
    const below = 3 * 2 ** 30;
    const thirds = [0, 0, 0];
    for (let i = 0; i < 30_000; i++) {
      const third = Math.floor(stream.integer(below) / 2 ** 30);
      thirds[third] = (thirds[third] ?? NaN) + 1;
    }
    // Each third's standard deviation is 82.
    for (const count of thirds) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, NaN])('rejects the bound %d', (below) => {
    expect(() => randomStream(1, 'integers').integer(below)).toThrow(RangeError);
  });
});

describe('shuffled', () => {
  test('is a permutation', () => {
    fc.assert(
      fc.property(fc.nat(500), seeds, (n, seed) => {
        const order = shuffled(n, randomStream(seed, 'shuffle'));
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
      }),
    );
  });

  test('gives each of the 24 orders of four elements about equally often', () => {
    const stream = randomStream(7, 'shuffle');
    const seen = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = shuffled(4, stream).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(24);
    // Each count's standard deviation is 31.
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
