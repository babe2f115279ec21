import { resolve, sep } from 'node:path';
import { differingKeys, flatConfig } from '../config/naming/settings.js';
import { UserError } from '../errors.js';
import type { FinishedRunSummary } from '../runs/run-summary.js';
import type { Naming } from './rows.js';

/** Options that name and select methods. */
export interface NamingOptions {
  /** Each is `FOLDER=NAME`: the method name for the runs in a folder. */
  readonly labels?: readonly string[] | undefined;
  /** Names of the methods to show; default: all. */
  readonly only?: readonly string[] | undefined;
  /** A config key whose values are the methods. */
  readonly groupBy?: string | undefined;
}

/**
 * Resolve the options against the runs.
 *
 * @throws UserError (exit code 2) if a label's folder has no run, or no config has the key
 */
export function namingOf(
  { labels = [], only, groupBy }: NamingOptions,
  runs: readonly FinishedRunSummary[],
): Naming {
  const folders = labels.map((label) => readLabel(label, runs));
  if (groupBy !== undefined) expectKey(groupBy, runs);
  return {
    // The last match wins, so that a nested folder can have its own name.
    labelOf: ({ folder }) => folders.findLast(({ path }) => isIn(folder, path))?.name,
    groupKey: groupBy,
    only,
  };
}

function readLabel(label: string, runs: readonly FinishedRunSummary[]) {
  const at = label.lastIndexOf('=');
  const [path, name] = [label.slice(0, Math.max(0, at)), label.slice(at + 1).trim()];
  if (path === '' || name === '') {
    throw new UserError(
      `--label: found ${label}, expected FOLDER=NAME as in results/a=Ours: a folder of runs ` +
        'and the name of their method.',
      2,
    );
  }
  if (!runs.some(({ folder }) => isIn(folder, path))) {
    throw new UserError(
      `--label: found no finished run in ${path}, expected a folder that holds some of the reported runs.`,
      2,
    );
  }
  return { path, name };
}

function isIn(folder: string, path: string): boolean {
  const [inner, outer] = [resolve(folder), resolve(path)];
  return inner === outer || inner.startsWith(`${outer}${sep}`);
}

function expectKey(key: string, runs: readonly FinishedRunSummary[]): void {
  const configs = runs.map(({ config }) => flatConfig(config));
  if (configs.some((config) => config.has(key))) return;
  const some = differingKeys(configs).slice(0, 8).join(', ');
  throw new UserError(
    `--group-by: found ${key}, expected a key of the runs’ configs` +
      `${some === '' ? '' : `, such as one of those that differ: ${some}`}.`,
    2,
  );
}

/** @throws UserError (exit code 2) if a name matches no method */
export function expectMethods(only: readonly string[], methods: readonly string[]): void {
  const unknown = only.find((name) => !methods.some((method) => isNamed(method, name)));
  if (unknown === undefined) return;
  throw new UserError(
    `--only, --against: found ${unknown}, expected the name of a method in the report: ${methods.join('; ')}.`,
    2,
  );
}

/** Whether a name refers to a method, ignoring case. */
export function isNamed(method: string, name: string): boolean {
  return method.toLowerCase() === name.trim().toLowerCase();
}
