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
import { showPath } from './show.js';
import { pointsOf, sweepKey, takeSweep, type PointSettings } from './sweep-section.js';
import { parseYaml } from './yaml.js';

/** One run of a sweep. */
export interface SweepPoint {
  readonly config: Config;
  /** What sets it apart, as the file has it: `mu` to `0.1`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads a config with a sweep section: every point of it, on top of the rest.
 *
 * @param overrides as for `loadConfig`, of keys that the sweep does not vary
 * @throws UserError (exit code 2) with everything that is wrong, a line each
 */
export async function loadSweep(
  file: string,
  overrides: readonly string[] = [],
): Promise<SweepPoint[]> {
  return parseSweep(await readConfig(file), file, overrides);
}

export function parseSweep(
  text: string,
  fileName: string,
  overrides: readonly string[] = [],
): SweepPoint[] {
  const schema = configJsonSchema();
  const { points, problems } = sweepIn(text, schema);
  problems.push(...contradictions(overrides, points, schema));
  if (problems.length > 0) throw configError(fileName, problems);

  const complaints = new Set<string>();
  const parsed = points.flatMap((settings): SweepPoint[] => {
    try {
      const config = parseConfig(text, fileName, overrides, pointAt(settings));
      return [{ config, settings: plainSettings(settings) }];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const line of error.message.split('\n')) complaints.add(line);
      return [];
    }
  });
  if (complaints.size > 0) throw new UserError([...complaints].join('\n'), 2);
  return parsed;
}

function sweepIn(
  text: string,
  schema: JsonSchema,
): { points: PointSettings[]; problems: Problem[] } {
  const { root, errors, at } = parseYaml(text);
  const problems = errors.map((error) => ({ place: at(error.offset), text: error.text }));
  if (problems.length > 0) return { points: [], problems };
  const sweep = isMap(root) ? takeSweep(root) : undefined;
  if (sweep) return pointsOf(sweep.value, schema, at);
  const problem = {
    place: { line: 1, column: 1 },
    key: sweepKey,
    text: 'missing, expected what to vary, as in sweep: {mu: [0.01, 0.1], seed: [1, 2, 3]}',
  };
  return { points: [], problems: [problem] };
}

/** Puts a point's settings into the config: copies, since trees are changed. */
function pointAt(settings: PointSettings): Prepare {
  return (content) => {
    takeSweep(content);
    for (const { path, value } of settings) {
      const own = isNode(value) ? (value.clone() as Node) : value;
      applyOverride(content, { path, value: own }, () => undefined);
    }
    return [];
  };
}

/** Overrides of what the sweep varies: which of the two is meant? */
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
        text: `found a key that the sweep varies (${clash}), expected another one; change the sweep in the file`,
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
