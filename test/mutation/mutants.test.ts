import { expect, test } from 'vitest';
import { mutantsOf } from './mutants.js';

const changes = (source: string) =>
  mutantsOf(source).map(({ before, after }) => `${before} => ${after}`);

test('changes operators, and negates their left side', () => {
  expect(changes('a + b')).toEqual([
    'a + b => (a) - (b)',
    'a + b => (a) * (b)',
    'a + b => (-(a)) + (b)',
  ]);
  expect(changes('a && b')).toEqual(['a && b => (a) || (b)']);
  expect(changes('a *= b')).toEqual([
    'a *= b => a /= (b)',
    'a *= b => a += (b)',
    'a *= b => a = (b)',
  ]);
});

test('changes comparisons at their boundary, and negates conditions', () => {
  expect(changes('a <= b')).toEqual([
    'a <= b => (a) < (b)',
    'a <= b => (a) > (b)',
    'a <= b => (a) >= (b)',
  ]);
  expect(changes('if (a) b();')).toEqual(['if (a) b(); => if (!(a)) b();']);
});

test('changes numbers, signs and booleans, but not types', () => {
  expect(changes('const f: 0 | 1 = 0')).toEqual(['0 => (1)', '0 => (-1)']);
  expect(changes('0.5')).toEqual(['0.5 => (1.5)', '0.5 => (-0.5)', '0.5 => (0.505)', '0.5 => (1)']);
  expect(changes('-a')).toEqual(['-a => (a)']);
  expect(changes('!true')).toEqual(['!true => (true)', 'true => false']);
});

test('swaps the branches of a conditional, and changes calls', () => {
  expect(changes('a ? b : c')).toEqual(['a ? b : c => a ? c : b']);
  expect(changes('tf.sub(a, b)')).toEqual([
    'tf.sub(a, b) => tf.add(a, b)',
    'tf.sub(a, b) => tf.sub(b, a)',
  ]);
  expect(changes('tf.neg(a)')).toEqual(['tf.neg(a) => (a)']);
});

test('swaps methods, and removes calls', () => {
  expect(changes('a.some(b)')).toEqual(['a.some(b) => a.every(b)']);
  expect(changes('a.filter(b)')).toEqual(['a.filter(b) => (a)']);
  expect(changes('Math.sqrt(a)')).toEqual(['Math.sqrt(a) => (a)']);
});

test('removes spread elements of a list, and properties of an object', () => {
  expect(changes('[a, ...b]')).toEqual(['...b => ...[]']);
  expect(changes('f(...a)')).toEqual([]);
  expect(changes('({ a, ...b })')).toEqual(['a => ...{}', '...b => ...{}']);
  expect(changes('({ a: b })')).toEqual(['a: b => ...{}']);
});

test('gives the whole file with the change, and its position', () => {
  expect(mutantsOf('const a = 1;\n  const b = a - c;\n')[2]).toEqual({
    line: 1,
    code: 'const a = 1;',
    column: 10,
    before: '1',
    after: '(-1)',
    source: 'const a = (-1);\n  const b = a - c;\n',
  });
  expect(mutantsOf('const a = c;\n  const b = a - c;\n')[0]).toMatchObject({
    line: 2,
    code: 'const b = a - c;',
    column: 10,
    source: 'const a = c;\n  const b = (a) + (c);\n',
  });
});
