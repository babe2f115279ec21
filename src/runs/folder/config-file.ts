import { join } from 'node:path';
import { formatConfig, loadConfig, type Config } from '../../config/config.js';
import { writeWhole } from '../../files/write-file.js';

/** A run's config with all its defaults. */
export const configFile = 'config.yaml';

/** @throws WriteError if it cannot be written */
export function writeConfig(folder: string, config: Config): Promise<void> {
  return writeWhole(join(folder, configFile), formatConfig(config));
}

/** @throws UserError if it is missing or not a config */
export async function readConfig(folder: string): Promise<Config> {
  return (await loadConfig(join(folder, configFile))).config;
}
