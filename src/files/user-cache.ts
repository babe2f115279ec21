import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder of what bbits keeps for a user and can make again: `$XDG_CACHE_HOME/bbits`, or `~/.cache/bbits`.
 * A relative XDG_CACHE_HOME is ignored, as the XDG specification demands.
 */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'bbits');
}
