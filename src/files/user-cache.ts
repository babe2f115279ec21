import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder of the user's cache: `$XDG_CACHE_HOME/bbits`, or `~/.cache/bbits`. A relative
 * XDG_CACHE_HOME is ignored, as the XDG specification requires.
 */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'bbits');
}
