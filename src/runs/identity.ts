import { createHash } from 'node:crypto';
import type { Config } from '../config/config.js';

/**
 * A name for what decides a run's result: all of its config but where it is computed. Runs with the
 * same one differ by rounding at most.
 *
 * @returns 16 hexadecimal digits
 */
export function runIdentity(config: Config): string {
  return hash(without(config, ['backend', 'threads']));
}

/** The same without the seed: runs with the same one are repetitions of one experiment. */
export function settingIdentity(config: Config): string {
  return hash(without(config, ['backend', 'threads', 'seed']));
}

function without(config: Config, keys: readonly (keyof Config)[]): object {
  const others = Object.entries(config).filter(([key]) => !keys.includes(key as keyof Config));
  return Object.fromEntries(others);
}

function hash(value: object): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
}

/** JSON whose keys are in order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
