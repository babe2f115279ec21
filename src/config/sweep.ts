import { isMap, isNode, type Node } from 'yaml';
import { UserError } from '../errors.js';
import type { JsonSchema } from './forms.js';
import { configJsonSchema } from './json-schema.js';
import type { Path } from './nodes.js';
import { applyOverride, parseOverride } from './overrides.js';
import { parseConfig, type Prepare } from './parse.js';
import { configError, type Problem } from './problem.js';
import { readConfig } from './read.js';
import type { Config } from './schema.js';
import { abbreviate, showPath } from './show.js';
import { noSweep, overrideSweep, partOverrides } from './sweep/overrides.js';
import { parseLaunch, type LaunchSettings } from './sweep/launch.js';
import { pointsOf, sweepKey, takeLaunch, takeSweep, type PointSettings } from './sweep/section.js';
import { parseYaml } from './yaml.js';

export { launcherNames, type LauncherName, type SlurmOptions } from './sweep/launch.js';

/** One run of a sweep. */
export interface SweepPoint {
  readonly config: Config;
  /** Its own settings by key, as in the file: `{mu: 0.1}`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Read a config with a sweep section: one config per point.
 *
 * @param overrides as for `loadConfig`, of keys that the sweep does not vary; `sweep.mu=[0.01, 0.1]` sets the
 *   values of a key
 * @throws UserError (exit code 2) with all mistakes, one per line
 */
export async function loadSweep(
  file: string,
  overrides: readonly string[] = [],
): Promise<SweepPoint[]> {
  return parseSweep(await readConfig(file), file, overrides);
}

/**
 * Read a sweep config's keys `launcher` and `slurm`, which say how its points are started.
 *
 * @throws UserError (exit code 2) with all mistakes, one per line
 */
export async function loadLaunch(
  file: string,
  overrides: readonly string[] = [],
): Promise<LaunchSettings> {
  return parseLaunch(await readConfig(file), file, overrides);
}

export function parseSweep(
  text: string,
  fileName: string,
  overrides: readonly string[] = [],
): SweepPoint[] {
  const schema = configJsonSchema();
  const { ofSweep, ofPoints } = partOverrides(overrides);
  const { points, problems } = sweepIn(text, schema, ofSweep);
  problems.push(...contradictions(ofPoints, points, schema));
  if (problems.length > 0) throw configError(fileName, problems);

  const complaints = new Set<string>();
  const parsed = points.flatMap((settings): SweepPoint[] => {
    try {
      const config = parseConfig(text, fileName, ofPoints, pointAt(settings));
      return [{ config, settings: plainSettings(settings) }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const line of error.message.split('\n')) complaints.add(line);
      return [];
    }
  });
  if (complaints.size > 0) throw new UserError([...complaints].join('\n'), 2);
  const repeated = repetitions(parsed, points);
  if (repeated.length > 0) throw configError(fileName, repeated);
  return parsed;
}

function sweepIn(
  text: string,
  schema: JsonSchema,
  overrides: readonly string[],
): { points: PointSettings[]; problems: Problem[] } {
  const { root, errors, at } = parseYaml(text);
  if (errors.length > 0) {
    const problems = errors.map((error) => ({ place: at(error.offset), text: error.text }));
    return { points: [], problems };
  }
  const written = isMap(root) ? takeSweep(root)?.value : undefined;
  const { section, places, problems } = overrideSweep(written, overrides);
  if (problems.length > 0) return { points: [], problems: [...problems] };
  if (section === undefined) return { points: [], problems: [noSweep] };
  return pointsOf(section, schema, (node) => {
    const { range } = (node ?? {}) as Partial<Node>;
    return places.get(node as Node) ?? at(range?.[0] ?? 0);
  });
}

/** Add copies of a point's settings to the config; copies, because trees are modified. */
function pointAt(settings: PointSettings): Prepare {
  return (content, _at, standsAt) => {
    takeSweep(content);
    takeLaunch(content);
    for (const { path, value, place } of settings) {
      const own = isNode(value) ? (value.clone() as Node) : value;
      applyOverride(content, { path, value: own }, (node) => {
        if ('override' in place) standsAt(node, place);
      });
    }
    return [];
  };
}

/** Report points that differ only in notation: they would share one folder. */
function repetitions(parsed: readonly SweepPoint[], points: readonly PointSettings[]): Problem[] {
  const firsts = new Set<string>();
  return parsed.flatMap(({ config, settings }, index) => {
    const content = JSON.stringify(config);
    const isNew = !firsts.has(content);
    firsts.add(content);
    if (isNew) return [];
    const place = points[index]?.[0]?.place ?? noSweep.place;
    const text = `found the point ${abbreviate(JSON.stringify(settings))} twice, expected each point once`;
    return [{ place, key: sweepKey, text }];
  });
}

/** Report overrides of keys that the sweep varies, which are ambiguous. */
function contradictions(
  overrides: readonly string[],
  points: readonly PointSettings[],
  schema: JsonSchema,
): Problem[] {
  const varied = new Map(points.flat().map(({ path }): [string, Path] => [showPath(path), path]));
  return overrides.flatMap((text, index) => {
    const override = parseOverride(text, index, schema);
    if ('text' in override) return [];
    const [clash] = [...varied].find(([, path]) => overlap(path, override.path)) ?? [];
    if (clash === undefined) return [];
    const key = showPath(override.path);
    return [
      {
        place: { override: index },
        key,
        text: `found a key that the sweep varies (${clash}), expected another one; to change its values: sweep.${clash}=[...]`,
      },
    ];
  });
}

function overlap(a: Path, b: Path): boolean {
  return a.every((key, i) => i >= b.length || key === b[i]);
}

function plainSettings(settings: PointSettings): Record<string, unknown> {
  return Object.fromEntries(
    settings.map(({ path, value }) => [path.join('.'), value.toJSON() as unknown]),
  );
}
