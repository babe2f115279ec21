import { UserError } from '../errors.js';
import { escapeControls } from '../text/escape-controls.js';

/** Where something stands: in the file, counted from 1, or in one of the overrides, from 0. */
export type Place =
  { readonly line: number; readonly column: number } | { readonly override: number };

/** One thing wrong with a config. */
export interface Problem {
  readonly place: Place;
  /** The key, as `training.epochs` or `model.layers.2.kernel`; none where the text as a whole is meant. */
  readonly key?: string | undefined;
  /** What was found, and what was expected. */
  readonly text: string;
}

/** A file with more problems than this is not a config; the rest is only counted. */
const mostShown = 50;

/** All problems as one error, a line each: those of the file from top to bottom, then the overrides'. */
export function configError(fileName: string, problems: readonly Problem[]): UserError {
  const sorted = [...problems].sort(byPlace).map((problem) => formatProblem(fileName, problem));
  // The YAML library may object to one place several times.
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
