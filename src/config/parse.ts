import { dirname, resolve } from 'node:path';
import { isMap, YAMLMap, type Node } from 'yaml';
import { float32Problems } from './float32.js';
import { configJsonSchema } from './json-schema.js';
import { rememberLayers } from './layers/places.js';
import { keyText, toPlain, type PlainTree } from './nodes.js';
import { applyOverride, parseOverride } from './overrides.js';
import { configError, type Place, type Problem } from './problem.js';
import { configSchema, type Config } from './schema.js';
import { expandAll } from './shorthand.js';
import { problemsOf } from './validate.js';
import { notForOneRun, notOneRun, sweepKey, takeLaunch, takeSweep } from './sweep/section.js';
import { parseYaml, type ParsedYaml } from './yaml.js';

/**
 * Parse a text and overrides into a config with all defaults and absolute paths.
 *
 * @param fileName for messages; the text's paths are relative to its folder
 * @param overrides `key=value`, with a key such as `training.epochs` and a value in YAML; the last one wins,
 *   and replaces the text's value, valid or not
 * @param prepare changes the text's tree before the overrides
 * @throws UserError (exit code 2) with all mistakes, one per line
 */
export function parseConfig(
  text: string,
  fileName: string,
  overrides: readonly string[] = [],
  prepare: Prepare = refuseSweep,
): Config {
  const schema = configJsonSchema();
  const { root, errors, at } = parseYaml(text);
  const problems: Problem[] = errors.map((error) => ({
    place: at(error.offset),
    text: error.text,
  }));

  const fromOverride = new Map<Node, Place>();
  const content = root ?? new YAMLMap();
  if (isMap(content)) {
    expandAll(content);
    problems.push(...prepare(content, at, (node, place) => fromOverride.set(node, place)));
  }
  for (const [index, argument] of overrides.entries()) {
    const override = parseOverride(argument, index, schema);
    if ('text' in override) problems.push(override);
    else if (isMap(content)) {
      applyOverride(content, override, (node) => fromOverride.set(node, { override: index }));
    }
  }
  // The contents of invalid YAML can only be guessed.
  if (errors.length > 0) throw configError(fileName, problems);

  const tree = toPlain(content, (node, around) => {
    const own = fromOverride.get(node);
    if (own !== undefined || 'override' in around || !node.range) return own ?? around;
    return at(node.range[0]);
  });
  const { success, data, error } = configSchema.safeParse(tree.value);
  problems.push(...tree.problems, ...problemsOf(error?.issues ?? [], tree, schema));
  const refused = new Set(problems.map(({ key }) => key));
  problems.push(...float32Problems(tree, schema).filter(({ key }) => !refused.has(key)));
  if (problems.length > 0 || !success) throw configError(fileName, problems);
  if ('layers' in data.model) rememberLayers(data.model.layers, { fileName, tree });
  return withAbsolutePaths(data, fileName, tree);
}

/** Change a config's tree; report problems and the positions of moved nodes. */
export type Prepare = (
  content: YAMLMap,
  at: ParsedYaml['at'],
  standsAt: (node: Node, place: Place) => void,
) => Problem[];

/** Report a sweep, or a launcher's keys, where the config of a single run is expected. */
function refuseSweep(content: YAMLMap, at: ParsedYaml['at']): Problem[] {
  const sweep = takeSweep(content);
  const launch = takeLaunch(content);
  if (sweep === undefined) {
    return launch.map(({ key }) => {
      const { range } = (key ?? {}) as Partial<Node>;
      return { place: at(range?.[0] ?? 0), key: keyText(key), text: notForOneRun };
    });
  }
  return [{ place: at(sweep.key.range?.[0] ?? 0), key: sweepKey, text: notOneRun }];
}

/** A path in a file is relative to the file's folder, one on the command line to the current folder. */
function withAbsolutePaths(config: Config, fileName: string, tree: PlainTree): Config {
  const absolute = (path: string, ...key: string[]) => {
    const place = tree.find(key)?.place;
    return resolve(place && 'override' in place ? '.' : dirname(fileName), path);
  };
  const { dataset, from, teacher } = config;
  return {
    ...config,
    dataset:
      dataset.path === undefined
        ? dataset
        : { ...dataset, path: absolute(dataset.path, 'dataset', 'path') },
    ...(from === undefined ? {} : { from: absolute(from, 'from') }),
    ...(teacher ? { teacher: { ...teacher, run: absolute(teacher.run, 'teacher', 'run') } } : {}),
  };
}
