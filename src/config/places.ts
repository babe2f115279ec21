import { resolve } from 'node:path';
import { isScalar } from 'yaml';
import { configJsonSchema } from './json-schema.js';
import { parseOverride } from './overrides.js';
import { configError, type Problem } from './problem.js';
import type { Config } from './schema.js';
import { showNode, showPath } from './show.js';

/** Current folders of a run's data, parent and teacher; they do not affect its result. */
export interface Places {
  readonly dataset?: Config['dataset'] | undefined;
  readonly from?: string | undefined;
  readonly teacher?: string | undefined;
}

/** The keys of the folders in `Places`. */
const placeKeys = ['dataset.path', 'from', 'teacher.run'];

/**
 * The current folders given by overrides.
 *
 * @param overrides `dataset.path=FOLDER`, `from=FOLDER`, `teacher.run=FOLDER`, relative to the current folder
 * @throws UserError (exit code 2) for any other key, as a run's settings cannot be changed, or for a teacher
 *   if the run has none
 */
export function placesIn(config: Config, overrides: readonly string[]): Places {
  const problems: Problem[] = [];
  const folders = new Map<string, string>();
  const schema = configJsonSchema();
  for (const [index, text] of overrides.entries()) {
    const override = parseOverride(text, index, schema);
    if ('text' in override) {
      problems.push(override);
      continue;
    }
    const { path, value } = override;
    const [key, place] = [showPath(path), { override: index }];
    const folder = isScalar(value) ? value.value : undefined;
    if (!placeKeys.includes(key)) {
      const others =
        'expected dataset.path, from or teacher.run: a run’s settings cannot be changed';
      problems.push({ place, key, text: `found a setting, ${others}` });
    } else if (typeof folder !== 'string') {
      problems.push({ place, key, text: `found ${showNode(value)}, expected a folder` });
    } else if (key === 'teacher.run' && config.teacher === undefined) {
      problems.push({
        place,
        key,
        text: 'found a folder, but the run has no teacher: leave it out',
      });
    } else folders.set(key, resolve(folder));
  }
  if (problems.length > 0) throw configError('', problems);
  const path = folders.get('dataset.path');
  return {
    dataset: path === undefined ? undefined : { ...config.dataset, path },
    from: folders.get('from'),
    teacher: folders.get('teacher.run'),
  };
}
