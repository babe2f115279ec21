import { basename, dirname } from 'node:path';
import { augmentations } from '../../data/augmentations.js';
import { datasets } from '../../data/datasets/datasets.js';
import type { NamedDataset } from '../../data/datasets/named-dataset.js';
import { shortDigest } from '../../files/checksum.js';
import { parseConfig, type Config } from '../config.js';

/**
 * A hash of what a config sets that decides a run's result, but for its seed, its data and the runs that
 * it starts and learns from: those are known by their contents (see runs/identity). It follows from what differs
 * from the defaults, so that keys which later versions add leave the hashes of earlier runs as they are.
 *
 * @returns 16 hexadecimal digits
 */
export function settingsHash(config: Config): string {
  const { teacher, ...decided } = without(config, [...machine, 'seed', 'dataset', 'from']);
  const training = { ...config.training, augmentation: augmentationOf(config) };
  return hash({ ...decided, training, ...(teacher ? { teacher: { ...teacher, run: '' } } : {}) });
}

/**
 * A hash for the name of a run's folder, wherever its files lie: of all of its config but where it is
 * computed, with no more of paths than their ends.
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

/** What is decided by the machine, or for it. */
const machine = ['backend', 'threads', 'tf32'] as const;

/** `variants-full/seed-1`: as much of a run's folder as is told to people. */
export function endOfPath(path: string): string {
  const around = basename(dirname(path));
  return around === '.' ? basename(path) : `${around}/${basename(path)}`;
}

/** A run's folder with its seed taken out: runs of one experiment may differ in no more. */
export function ofAnySeed(path: string, seed: number): string {
  return path.replace(new RegExp(`seed-?${seed}(?!\\d)(-[0-9a-f]{8}$)?`), 'seed-*');
}

/** What the run that another one with a seed starts from is called: `variants-full/seed-*`. */
export function parentName(folder: string, seed: number): string {
  return endOfPath(ofAnySeed(folder, seed));
}

/** The published one by its own name: what it is depends on the data set's. */
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

/** What of a value is not as in another, with keys in order; undefined: nothing. */
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
