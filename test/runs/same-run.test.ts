import { expect, test } from 'vitest';
import { userError } from '../helpers/temporary-folder.js';
import type { RunRecord } from '../../src/runs/folder/record-file.js';
import { checkRecord } from '../../src/runs/same-run.js';

const file = (name: string, sha256: string) => ({ name, sha256, bytes: 1, status: 'verified' });
const versions = { bbits: '0.1.0', node: '20.0.0', tensorflow: '2.9.1', tfjs: '4.22.0' };
const dataset: RunRecord['dataset'] = {
  name: 'digits',
  classes: 10,
  imageShape: [2, 2, 1],
  mean: [0],
  std: [1],
  files: [file('images', 'a1'), file('labels', 'b2')],
};
const run: RunRecord = {
  seed: 1,
  backend: 'native-cpu',
  device: 'An abacus',
  threads: 2,
  versions,
  dataset,
};

test('a run resumes if nothing has changed', () => {
  expect(() => {
    checkRecord('runs/a', run, structuredClone(run));
  }).not.toThrow();
});

test('a run resumes on another device, which is reported', () => {
  const lines = checkRecord('runs/a', run, { ...run, device: 'A slide rule' });
  expect(lines).toEqual(['device: the run has An abacus, now there is A slide rule']);
  const segments = [{ afterEpochs: 3, afterSteps: 0, device: 'A slide rule' }];
  const goneOn = { ...run, segments };
  expect(checkRecord('runs/a', goneOn, { ...run, device: 'A slide rule' })).toEqual([]);
  expect(checkRecord('runs/a', goneOn, run)).toEqual([
    'device: the run has A slide rule, now there is An abacus',
  ]);
});

test.each<[string, Partial<RunRecord>, string]>([
  ['another backend', { backend: 'wasm' }, 'backend: the run has native-cpu, now there is wasm'],
  ['other threads', { threads: 4 }, 'threads: the run has 2, now there is 4'],
  [
    'another TensorFlow',
    { versions: { ...versions, tensorflow: '2.10.0' } },
    'TensorFlow: the run has 2.9.1, now there is 2.10.0',
  ],
  [
    'WebAssembly instead',
    { versions: { ...versions, tensorflow: null } },
    'TensorFlow: the run has 2.9.1, now there is none (TensorFlow.js 4.22.0)',
  ],
  [
    'other data',
    { dataset: { ...dataset, files: [file('labels', 'b2'), file('images', 'c3')] } },
    'SHA-256 of images: the run has a1, now there is c3',
  ],
  [
    'a missing file',
    { dataset: { ...dataset, files: [file('images', 'a1')] } },
    'SHA-256 of labels: the run has b2, now there is no such file',
  ],
])('a run is not resumed with %s, which would make it another run', async (_, other, line) => {
  const message = await userError(() => {
    checkRecord('runs/a', run, { ...run, ...other });
  });
  expect(message).toBe(
    `runs/a: if resumed, it would not be the same run:\n  ${line}\nRestore the original, name its current folder ` +
      '(dataset.path=FOLDER, from=FOLDER, teacher.run=FOLDER), or start another run from the weights of this one, with from: runs/a',
  );
});

test('all differences are reported at once', async () => {
  const message = await userError(() => {
    checkRecord('runs/a', run, { ...run, threads: 4, device: 'A slide rule' });
  });
  expect(message.split('\n').slice(1, -1)).toEqual([
    '  device: the run has An abacus, now there is A slide rule',
    '  threads: the run has 2, now there is 4',
  ]);
});
