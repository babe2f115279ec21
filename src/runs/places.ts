import type { Config } from '../config/config.js';
import { placesIn, type Places } from '../config/places.js';
import { readConfig } from './folder/config-file.js';

/**
 * Current folders of a run's data, parent and teacher, from command-line overrides.
 *
 * @param overrides see `placesIn`
 * @throws UserError if the run has no config, or an override sets anything else
 */
export async function placesOfRun(folder: string, overrides: readonly string[]): Promise<Places> {
  return overrides.length === 0 ? {} : placesIn(await readConfig(folder), overrides);
}

/** Apply moved folders to a run's config. */
export function placed(config: Config, { dataset, from, teacher }: Places): Config {
  const isMoved = config.teacher !== undefined && teacher !== undefined;
  return {
    ...config,
    ...(dataset ? { dataset } : {}),
    ...(from === undefined ? {} : { from }),
    ...(isMoved ? { teacher: { ...config.teacher, run: teacher } } : {}),
  };
}
