import { expect, test } from 'vitest';
import { filesOf, targetOf, targets } from './targets.js';

test('names only sources and tests that exist', () => {
  const missing = (beginnings: readonly string[], under: 'src' | 'test') =>
    beginnings.filter((beginning) => filesOf([beginning], under).length === 0);
  for (const { sources, stages } of targets) {
    expect(missing(sources, 'src')).toEqual([]);
    expect(missing(stages.flat(), 'test')).toEqual([]);
  }
});

test('has no target whose sources all belong to earlier ones', () => {
  for (const target of targets) {
    expect(filesOf(target.sources, 'src').filter((file) => targetOf(file) === target)).not.toEqual(
      [],
    );
  }
});
