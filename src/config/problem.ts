import { UserError } from '../errors.js';
import { escapeControls } from '../text/escape-controls.js';

/** A position: in the file, counted from 1, or an override's index, from 0. */
export type Place =
  { readonly line: number; readonly column: number } | { readonly override: number };

/** One mistake in a config. */
export interface Problem {
  readonly place: Place;
  /** The key, such as `training.epochs` or `model.layers.2.kernel`; absent for the whole text. */
  readonly key?: string | undefined;
  /** What was found and what was expected. */
  readonly text: string;
}

/** A file with more problems is not a config; further ones are only counted. */
const mostShown = 50;

/** All problems as one error, one per line: the file's from top to bottom, then the overrides'. */
export function configError(fileName: string, problems: readonly Problem[]): UserError {
  const sorted = [...problems].sort(byPlace).map((problem) => formatProblem(fileName, problem));
  // The YAML library may report a position several times.
  const lines = [...new Set(sorted)];
  const shown = lines.slice(0, mostShown);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  return new UserError(shown.join('\n'), 2);
}

function formatProblem(fileName: string, { place, key, text }: Problem): string {
  if ('override' in place) return `command line: ${key === undefined ? '' : `${key}: `}${text}`;
  const where = `${escapeControls(fileName)}:${place.line}:${place.column}`;
  return `${where}${key === undefined ? '' : ` ${key}`}: ${text}`;
}

function byPlace({ place: a }: Problem, { place: b }: Problem): number {
  if ('override' in a) return 'override' in b ? a.override - b.override : 1;
  if ('override' in b) return -1;
  return a.line - b.line || a.column - b.column;
}
