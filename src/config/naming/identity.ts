import { basename, dirname } from 'node:path';
import { augmentations } from '../../data/augmentations.js';
import { datasets } from '../../data/datasets/datasets.js';
import type { NamedDataset } from '../../data/datasets/named-dataset.js';
import { shortDigest } from '../../files/checksum.js';
import { parseConfig, type Config } from '../config.js';

/**
 * A hash of the settings that decide a run's result, except its seed, data, parent and teacher, which are
 * identified by their contents (see runs/identity). Only settings that differ from the defaults count, so
 * that new keys of later versions do not change the hashes of existing runs.
 *
 * @returns 16 hexadecimal digits
 */
export function settingsHash(config: Config): string {
  const { teacher, ...decided } = without(config, [...machine, 'seed', 'dataset', 'from']);
  const training = { ...config.training, augmentation: augmentationOf(config) };
  return hash({ ...decided, training, ...(teacher ? { teacher: { ...teacher, run: '' } } : {}) });
}

/**
 * A hash for the name of a run's folder: of all settings except those of the machine, with only the end of
 * each path.
 *
 * @returns 8 hexadecimal digits
 */
export function shortHash(config: Config): string {
  const { dataset, from, teacher, ...others } = without(config, machine);
  const { path } = dataset;
  return hash({
    ...others,
    dataset: path === undefined ? dataset : { ...dataset, path: basename(path) },
    ...(from === undefined ? {} : { from: endOfPath(from) }),
    ...(teacher ? { teacher: { ...teacher, run: endOfPath(teacher.run) } } : {}),
  }).slice(0, 8);
}

/** Settings that depend on the machine. */
const machine = ['backend', 'threads', 'tf32'] as const;

/** The end of a run folder's path, for display: `variants-full/seed-1`. */
export function endOfPath(path: string): string {
  const around = basename(dirname(path));
  return around === '.' ? basename(path) : `${around}/${basename(path)}`;
}

/** A run folder's path with `seed-*` for its seed and hash: the same for all repetitions of an experiment. */
export function ofAnySeed(path: string, seed: number): string {
  return path.replace(new RegExp(`seed-?${seed}(?!\\d)(-[0-9a-f]{8}$)?`), 'seed-*');
}

/** The name of a parent run, with its seed replaced: `variants-full/seed-*`. */
export function parentName(folder: string, seed: number): string {
  return endOfPath(ofAnySeed(folder, seed));
}

/** The augmentation's own name; which one `published` stands for depends on the data set. */
function augmentationOf({ dataset, training }: Config): string {
  if (training.augmentation !== 'published') return training.augmentation;
  const { augmentation }: Partial<NamedDataset> = 'name' in dataset ? datasets[dataset.name] : {};
  const named = Object.entries(augmentations).find(([, each]) => each === augmentation);
  return named?.[0] ?? 'none';
}

function without<K extends keyof Config>(config: Config, keys: readonly K[]): Omit<Config, K> {
  const others = Object.entries(config).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(others) as Omit<Config, K>;
}

function hash(value: object): string {
  defaults ??= parseConfig('dataset: mnist\nmodel: lenet5', 'defaults');
  const text = JSON.stringify(different(value, defaults) ?? {});
  return shortDigest(text);
}

let defaults: Config | undefined;

/** The parts of a value that differ from the usual value, with sorted keys; undefined if none do. */
function different(value: unknown, usual: unknown): unknown {
  if (!isMapping(value) || !isMapping(usual)) {
    return JSON.stringify(value) === JSON.stringify(usual) ? undefined : value;
  }
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, different(value[key], usual[key])] as const)
    .filter(([, inner]) => inner !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
