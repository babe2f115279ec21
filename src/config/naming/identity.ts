import { createHash } from 'node:crypto';
import { parseConfig, type Config } from '../config.js';

/**
 * A name for what decides a run's result: all of its config but where it is computed. Runs with the
 * same one differ by rounding at most. It follows from what differs from the defaults, so that keys
 * which later versions add leave the names of earlier runs as they are.
 *
 * @returns 16 hexadecimal digits
 */
export function runIdentity(config: Config): string {
  return hash(without(config, ['backend', 'threads']));
}

/** The same without the seed: runs with the same one are repetitions of one experiment. */
export function settingIdentity(config: Config): string {
  return hash(without(ofAnySeed(config), ['backend', 'threads', 'seed']));
}

/** The config as repetitions have it that start, with each seed, from a run with that seed. */
export function ofAnySeed(config: Config): Config {
  const { from, seed } = config;
  if (from === undefined) return config;
  const own = new RegExp(`seed-?${seed}(?!\\d)(-[0-9a-f]{8}$)?`);
  return { ...config, from: from.replace(own, 'seed-*') };
}

function without(config: Config, keys: readonly (keyof Config)[]): object {
  const others = Object.entries(config).filter(([key]) => !keys.includes(key as keyof Config));
  return Object.fromEntries(others);
}

function hash(value: object): string {
  defaults ??= parseConfig('dataset: mnist\nmodel: lenet5', 'defaults');
  const text = JSON.stringify(different(value, defaults) ?? {});
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
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
