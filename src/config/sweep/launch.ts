import { isMap, YAMLMap, type Node } from 'yaml';
import { z } from 'zod';
import type { JsonSchema } from '../forms.js';
import { toPlain } from '../nodes.js';
import { applyOverride, splitOverride, valueOf } from '../overrides.js';
import { configError, type Place, type Problem } from '../problem.js';
import { showPath } from '../show.js';
import { problemsOf } from '../validate.js';
import { parseYaml } from '../yaml.js';
import { isLaunchOverride, takeLaunch } from './section.js';

/** The launchers of a sweep's points. */
export const launcherNames = ['local', 'print', 'slurm'] as const;

export type LauncherName = (typeof launcherNames)[number];

/** Options of sbatch that bbits sets itself. */
const taken = new Set(
  (
    'array chdir dependency error export-file hold ignore-pbs input job-name kill-on-invalid-dep no-requeue ' +
    'open-mode output parsable quiet requeue signal test-only wait wrap'
  ).split(' '),
);

/** Text without the characters that are special in `#SBATCH` lines. */
const plainText = /^[^"\\\p{C}\p{Zl}\p{Zp}]+$/u;

const sbatchValue = z.union([z.string(), z.number(), z.boolean()]);

const slurm = z
  .object({
    setup: z
      .array(z.string().regex(/^[^\p{C}]*$/u))
      .max(100)
      .default([])
      .describe('Lines of bash that run before bbits, such as module load nodejs.'),
    saveSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(120)
      .describe('A task is saved and requeued this many seconds before its time limit.'),
  })
  .catchall(sbatchValue)
  .superRefine((options, context) => {
    for (const [key, value] of Object.entries(options)) {
      if (key === 'setup' || key === 'saveSeconds') continue;
      const complain = (message: string) => {
        context.addIssue({ code: 'custom', path: [key], message });
      };
      if (taken.has(key)) complain('another option of sbatch, as bbits sets this one itself');
      else if (!/^[a-z][a-z0-9-]+$/.test(key))
        complain('a long option of sbatch, as in cpus-per-task');
      else if (typeof value === 'string' && !plainText.test(value))
        complain('text on one line, without " and \\');
      else if (value === false) complain('the key left out, if the option is not wanted');
    }
  })
  .transform(({ setup, saveSeconds, ...sbatch }) => ({ setup, saveSeconds, sbatch }))
  .describe(
    'For bbits sweep --launcher slurm: options of sbatch by their long names (partition, time, gres, cpus-per-task, account, constraint), and setup and saveSeconds.',
  );

const launch = z.strictObject({
  launcher: z
    .enum(launcherNames)
    .exactOptional()
    .describe('For bbits sweep: what starts the points, unless --launcher names another.'),
  slurm: slurm.prefault({}),
});

export interface SlurmOptions {
  readonly setup: readonly string[];
  readonly saveSeconds: number;
  /** Options of sbatch by their long names; true for options without a value. */
  readonly sbatch: Readonly<Record<string, string | number | boolean>>;
}

export interface LaunchSettings {
  readonly launcher?: LauncherName;
  readonly slurm: SlurmOptions;
}

/** The JSON Schema of `launcher` and `slurm` in a file. */
export function launchJsonSchema(): JsonSchema {
  return z.toJSONSchema(launch, { io: 'input' });
}

/**
 * Parse how a sweep's points are started, from its file and overrides.
 *
 * @throws UserError (exit code 2) with all mistakes, one per line
 */
export function parseLaunch(
  text: string,
  fileName: string,
  overrides: readonly string[],
): LaunchSettings {
  const { root, at } = parseYaml(text);
  const own = new YAMLMap();
  // An invalid file is reported when the points are read.
  for (const pair of isMap(root) ? takeLaunch(root) : []) own.add(pair);
  const places = new Map<Node, Place>();
  const problems: Problem[] = [];
  for (const [index, override] of overrides.entries()) {
    if (!isLaunchOverride(override)) continue;
    const split = splitOverride(override, index);
    if ('place' in split) {
      problems.push(split);
      continue;
    }
    const place = { override: index };
    const key = showPath(split.path);
    const value = valueOf(split.value, key);
    if (typeof value === 'string') problems.push({ place, key, text: value });
    else applyOverride(own, { path: split.path, value }, (node) => places.set(node, place));
  }
  const tree = toPlain(own, (node, around) => {
    const given = places.get(node);
    if (given !== undefined || 'override' in around || !node.range) return given ?? around;
    return at(node.range[0]);
  });
  const { data, error } = launch.safeParse(tree.value);
  problems.push(...tree.problems, ...problemsOf(error?.issues ?? [], tree, launchJsonSchema()));
  if (problems.length > 0 || data === undefined) throw configError(fileName, problems);
  return data;
}
