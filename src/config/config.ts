import { parseConfig } from './parse.js';
import { readConfig } from './read.js';
import type { Config } from './schema.js';

export { formatConfig } from './format.js';
export { configJsonSchema, formatJsonSchema } from './json-schema.js';
export { parseConfig } from './parse.js';
export type { Config } from './schema.js';

/** A config and where it came from. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file, as it was named. */
  readonly file: string;
}

/**
 * Reads a config file, with overrides from the command line (see parseConfig).
 *
 * @throws UserError (exit code 2) with everything that is wrong, a line each.
 */
export async function loadConfig(
  file: string,
  overrides: readonly string[] = [],
): Promise<LoadedConfig> {
  return { config: parseConfig(await readConfig(file), file, overrides), file };
}
