import type { Config } from '../config/config.js';
import { placesIn, type Places } from '../config/places.js';
import { readConfig } from './folder/config-file.js';

/**
 * Where a run's data and parent lie now, as the command line says it.
 *
 * @param overrides see `placesIn`
 * @throws UserError if the run has no config, or they set something else
 */
export async function placesOfRun(folder: string, overrides: readonly string[]): Promise<Places> {
  return overrides.length === 0 ? {} : placesIn(await readConfig(folder), overrides);
}

/** A run's config with what has moved since. */
export function placed(config: Config, { dataset, from, teacher }: Places): Config {
  const isMoved = config.teacher !== undefined && teacher !== undefined;
  return {
    ...config,
    ...(dataset ? { dataset } : {}),
    ...(from === undefined ? {} : { from }),
    ...(isMoved ? { teacher: { ...config.teacher, run: teacher } } : {}),
  };
}
