import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import type { DatasetRecord, RunRecord } from '../../../src/runs/folder/record-file.js';
import {
  isRepetition,
  isSameRun,
  runOrigin,
  settingIdentity,
  type RunOrigin,
} from '../../../src/runs/identity/run-origin.js';

const sum = (letter: string) => letter.repeat(64);
const contentsOf = (letter: string) => {
  const digests = { images: sum(letter), labels: sum(letter) };
  return { training: digests, test: digests };
};
const data: DatasetRecord = {
  name: 'mnist',
  classes: 10,
  imageShape: [28, 28, 1],
  mean: [0],
  std: [1],
  files: [{ name: 'images', bytes: 1, sha256: sum('f'), status: 'verified' }],
};
const parent: NonNullable<RunRecord['parent']> = { weights: sum('a'), setting: 'full', seed: 1 };

function origin(
  overrides: readonly string[] = [],
  dataset: DatasetRecord = { ...data, contents: contentsOf('0') },
  from?: RunRecord['parent'],
  extended: readonly number[] = [],
): RunOrigin {
  const config = parseConfig('dataset: mnist\nmodel: lenet5\n', 'config.yaml', overrides);
  return runOrigin(config, { dataset, ...(from ? { parent: from } : {}) }, extended);
}

describe('a run is recognized as the same', () => {
  test('regardless of its machine and where its data and parent are', () => {
    const elsewhere = ['dataset.path=/b/digits', 'backend=wasm', 'threads=7'];
    expect(isSameRun(origin(), origin(elsewhere))).toBe(true);
    const known = { ...data, contents: contentsOf('0') };
    expect(
      isSameRun(origin(['from=/a/full'], known, parent), origin(['from=/b/other'], known, parent)),
    ).toBe(true);
  });

  test.each<[string, RunOrigin]>([
    ['seed', origin(['seed=2'])],
    ['setting', origin(['mu=0.3'])],
    ['images', origin([], { ...data, contents: contentsOf('1') })],
    ['mean', origin([], { ...data, contents: contentsOf('0'), mean: [0.5] })],
    ['number of classes', origin([], { ...data, contents: contentsOf('0'), classes: 11 })],
    ['extension', origin([], { ...data, contents: contentsOf('0') }, undefined, [50])],
    ['start', origin(['from=/a'], { ...data, contents: contentsOf('0') }, parent)],
  ])('unless it has another %s', (_, other) => {
    expect(isSameRun(origin(), other)).toBe(false);
    expect(isSameRun(other, origin())).toBe(false);
    expect(isSameRun(other, other)).toBe(true);
  });

  test('by its files’ checksums, whatever their names, if an earlier version recorded no contents', () => {
    const old = origin([], data);
    expect(isSameRun(old, origin())).toBe(true);
    const [file] = data.files;
    const renamed = file && { ...data, files: [{ ...file, name: 'images.gz' }] };
    expect(isSameRun(old, origin(['dataset.path=/x'], renamed))).toBe(true);
    const changed = file && { ...data, files: [{ ...file, sha256: sum('e') }] };
    expect(isSameRun(old, origin([], changed))).toBe(false);
  });

  test('by the name of its data, if nothing else is known', () => {
    const nameless = runOrigin(parseConfig('dataset: mnist\nmodel: lenet5\n', 'c.yaml'), undefined);
    expect(isSameRun(nameless, nameless)).toBe(true);
    expect(isSameRun(origin(), nameless)).toBe(true);
    const other = parseConfig('dataset: fashion-mnist\nmodel: lenet5\n', 'c.yaml');
    expect(isSameRun(nameless, runOrigin(other, undefined))).toBe(false);
  });

  test('by its parent’s training, if the parent’s weights are unknown', () => {
    const child = (folder: string, known: object) => ({
      ...origin([`from=${folder}`]),
      parent: { folder, ...known },
    });
    const { weights, ...trained } = parent;
    expect(isSameRun(child('/a', parent), child('/b', trained))).toBe(true);
    expect(isSameRun(child('/a', parent), child('/a', { ...trained, seed: 2 }))).toBe(false);
    expect(isSameRun(child('/a', parent), child('/a', {}))).toBe(true);
    expect(isSameRun(child('/a', parent), child('/b', { weights }))).toBe(true);
    expect(isSameRun(child('/a', {}), child('/b', {}))).toBe(false);
    expect(isSameRun(child('/a', parent), child('/a', { ...parent, weights: sum('b') }))).toBe(
      false,
    );
  });
});

describe('runs are repetitions', () => {
  const child = (folder: string, seed: number, known: object) => ({
    ...origin([`from=${folder}`, `seed=${seed}`]),
    parent: { folder, ...known },
  });

  test('across seeds, even if each starts from the run of its own seed', () => {
    expect(isRepetition(origin(), origin(['seed=2']))).toBe(true);
    const one = child('/a/x', 1, parent);
    const two = child('/b/y', 2, { weights: sum('b'), setting: 'full', seed: 2 });
    expect(isRepetition(one, two)).toBe(true);
    expect(settingIdentity(one)).toBe(settingIdentity(two));
    expect(isRepetition(one, child('/b/y', 2, { ...two.parent, setting: 'w8a8' }))).toBe(false);
    expect(isRepetition(one, child('/b/y', 3, two.parent))).toBe(false);
    expect(isRepetition(one, child('/b/y', 3, parent))).toBe(true);
  });

  test('by their parents’ folder names, if nothing else is known', () => {
    const of = (folder: string, seed: number) => child(folder, seed, {});
    expect(isRepetition(of('/a/full/seed-1', 1), of('/a/full/seed-2', 2))).toBe(true);
    expect(isRepetition(of('/a/full/seed-1', 1), of('/a/w8a8/seed-2', 2))).toBe(false);
    expect(isRepetition(of('/a/a-seed1', 1), of('/a/a-seed12', 1))).toBe(false);
  });
});

describe('a run’s teacher', () => {
  const dataset = { ...data, contents: contentsOf('0') };
  /** A run taught by the run in a folder, whose record may describe the teacher. */
  function taught(folder: string, seed: number, teacher?: RunRecord['teacher']): RunOrigin {
    const overrides = [`teacher=${folder}`, `seed=${seed}`];
    const config = parseConfig('dataset: mnist\nmodel: lenet5\n', 'config.yaml', overrides);
    return runOrigin(config, { dataset, ...(teacher ? { teacher } : {}) });
  }
  const one = taught('/a/full', 1, parent);

  test('is identified by its digest, wherever it is', () => {
    expect(isSameRun(one, taught('/b/other', 1, parent))).toBe(true);
    expect(isSameRun(one, taught('/a/full', 1, { ...parent, weights: sum('b') }))).toBe(false);
    expect(isSameRun(one, taught('/a/full', 1))).toBe(true);
    expect(isSameRun(one, origin())).toBe(false);
    expect(isRepetition(origin(), taught('/a/full', 2, parent))).toBe(false);
  });

  test('may be the same for all seeds, or one per seed with the same setting', () => {
    expect(isRepetition(one, taught('/a/full', 2, parent))).toBe(true);
    const own = { weights: sum('b'), setting: 'full', seed: 2 };
    expect(isRepetition(one, taught('/a/full-2', 2, own))).toBe(true);
    expect(isRepetition(one, taught('/a/full-2', 3, own))).toBe(false);
    expect(isRepetition(one, taught('/a/full', 2, { ...own, setting: 'other' }))).toBe(false);
  });

  test('is part of an experiment’s identity, by its setting', () => {
    expect(settingIdentity(one)).toBe(settingIdentity(taught('/b/other', 1, parent)));
    const other = taught('/a/full', 1, { ...parent, setting: 'other' });
    expect(settingIdentity(one)).not.toBe(settingIdentity(other));
  });
});
