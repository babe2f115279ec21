import type { Config } from '../config/config.js';
import { runIdentity } from '../config/naming/identity.js';
import type { SweepPoint } from '../config/sweep.js';

/** A point and the folder of its run, which is named after its settings and its identity. */
export interface NamedPoint {
  readonly name: string;
  readonly config: Config;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Names the points; two that are the same run are one. */
export function namedPoints(points: readonly SweepPoint[]): NamedPoint[] {
  const byIdentity = new Map(
    points.map(({ config, settings }) => {
      const identity = runIdentity(config);
      const words = Object.entries(settings).map(([key, value]) => word(key, value));
      const name = [...words, identity.slice(0, 8)].join('-');
      return [identity, { name, config, settings }];
    }),
  );
  return [...byIdentity.values()];
}

/** `mu-0.1`, for a file name: the key's last part, and a value that is short and plain. */
function word(key: string, value: unknown): string {
  const text =
    typeof value === 'object' && value !== null
      ? 'name' in value
        ? String(value.name)
        : ''
      : String(value);
  const plain = text.replaceAll(/[^\w.+-]/g, '_').slice(0, 30);
  return [key.split('.').at(-1), plain].filter((part) => part !== '').join('-');
}
