import type { Config } from '../config/config.js';
import { endOfPath, shortHash } from '../config/naming/identity.js';
import { isNamed, variantName } from '../config/naming/variant-name.js';
import type { SweepPoint } from '../config/sweep.js';

/** A point with a unique name in the sweep, made from its settings and a hash of its config. */
export interface NamedPoint {
  readonly name: string;
  readonly config: Config;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Name the points, merging those that are the same run. */
export function namedPoints(points: readonly SweepPoint[]): NamedPoint[] {
  const byConfig = new Map(points.map((point) => [textOf(point.config), point]));
  const names = new Set<string>();
  return [...byConfig.values()].map(({ config, settings }) => {
    const name = freeName(nameOf(config, settings), (taken) => names.has(taken));
    names.add(name);
    return { name, config, settings };
  });
}

/** The name itself or, if it is taken, the name with a number appended. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  for (let count = 1; ; count++) {
    const numbered = count === 1 ? name : `${name}-${count}`;
    if (!isTaken(numbered)) return numbered;
  }
}

/** Everything that decides a point's run, as text. */
function textOf(config: Config): string {
  return JSON.stringify({ ...config, backend: undefined, threads: undefined });
}

/** `static-w8a8-seed-1-2b03c0e0`. */
function nameOf(config: Config, settings: NamedPoint['settings']): string {
  const words = Object.entries(settings).map(([key, value]) =>
    // The name of a training variant is shorter than its keys.
    isNamed(key) || isNamed(`${key}.`) ? plain(variantName(config), 60) : word(key, value),
  );
  return [...new Set(words), shortHash(config)].join('-');
}

/** A word for a file name, `mu-0.1`: the key's last part and a short, plain value. */
function word(key: string, value: unknown): string {
  const parts = [key.split('.').at(-1) ?? '', plain(textOfValue(key, value), 30)];
  return parts.filter((part) => part !== '').join('-');
}

function textOfValue(key: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'name' in value ? String(value.name) : '';
  return key === 'from' ? endOfPath(String(value)) : String(value);
}

/** Reduce a text to at most `most` characters that every file system accepts in names. */
function plain(text: string, most: number): string {
  return text
    .replaceAll(/[ ,%]+/g, '-')
    .replaceAll(/[^\w.+-]/g, '_')
    .replace(/-$/, '')
    .slice(0, most);
}
