import { expect, test } from 'vitest';
import { userError } from '../../helpers/temporary-folder.js';
import { checkCircumstances, type Circumstances } from '../../../src/runs/folder/circumstances.js';

const run: Circumstances = {
  backend: 'native-cpu',
  device: 'An abacus',
  threads: 2,
  versions: { tensorflow: '2.9.1', tfjs: '4.22.0' },
  dataset: {
    files: [
      { name: 'images', sha256: 'a1' },
      { name: 'labels', sha256: 'b2' },
    ],
  },
};

test('a run goes on where all is as it was', () => {
  expect(() => {
    checkCircumstances('runs/a', run, structuredClone(run));
  }).not.toThrow();
});

test.each<[string, Partial<Circumstances>, string]>([
  ['backend', { backend: 'wasm' }, 'backend: the run has native-cpu, now there is wasm'],
  [
    'device',
    { device: 'A slide rule' },
    'device: the run has An abacus, now there is A slide rule',
  ],
  ['threads', { threads: 4 }, 'threads: the run has 2, now there is 4'],
  [
    'TensorFlow',
    { versions: { tensorflow: '2.10.0', tfjs: '4.22.0' } },
    'TensorFlow: the run has 2.9.1, now there is 2.10.0',
  ],
  [
    'WebAssembly instead',
    { versions: { tensorflow: null, tfjs: '4.22.0' } },
    'TensorFlow: the run has 2.9.1, now there is none (TensorFlow.js 4.22.0)',
  ],
  [
    'data',
    {
      dataset: {
        files: [
          { name: 'labels', sha256: 'b2' },
          { name: 'images', sha256: 'c3' },
        ],
      },
    },
    'SHA-256 of images: the run has a1, now there is c3',
  ],
  [
    'a missing file',
    { dataset: { files: [{ name: 'images', sha256: 'a1' }] } },
    'SHA-256 of labels: the run has b2, now there is no such file',
  ],
])('with another %s it would not be the same run, and is refused', async (_, other, line) => {
  const message = await userError(() => {
    checkCircumstances('runs/a', run, { ...run, ...other });
  });
  expect(message).toBe(
    `runs/a: it would not be the same run:\n  ${line}\nPut that back, or start another run from its ` +
      'weights, with from: runs/a',
  );
});

test('all that differs is said at once', async () => {
  const message = await userError(() => {
    checkCircumstances('runs/a', run, { ...run, threads: 4, device: 'A slide rule' });
  });
  expect(message.split('\n').slice(1, -1)).toEqual([
    '  device: the run has An abacus, now there is A slide rule',
    '  threads: the run has 2, now there is 4',
  ]);
});
