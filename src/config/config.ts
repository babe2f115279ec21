import { parseConfig } from './parse.js';
import { readConfig } from './read.js';
import type { Config } from './schema.js';

export { formatConfig } from './format.js';
export { configJsonSchema, formatJsonSchema } from './json-schema.js';
export { parseConfig } from './parse.js';
export type { Config } from './schema.js';

/** A config and its source. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file's name as given. */
  readonly file: string;
}

/**
 * Read a config file with overrides from the command line; see parseConfig.
 *
 * @throws UserError (exit code 2) with all mistakes, one per line
 */
export async function loadConfig(
  file: string,
  overrides: readonly string[] = [],
): Promise<LoadedConfig> {
  return { config: parseConfig(await readConfig(file), file, overrides), file };
}
