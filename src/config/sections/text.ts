import { z } from 'zod';

/** Kinds of text in a config. */

const linePattern = /^[^\p{Cc}\p{Cs}]+$/u;
const wordPattern = /^[\w-]+$/;
const longestWord = 40;

/** For paths. */
export const line = z.string().regex(linePattern);

/** For names that appear in tables and other names. */
export const word = z.string().max(longestWord).regex(wordPattern);

const descriptions: Readonly<Record<string, string>> = {
  [linePattern.source]: 'text on one line, not empty',
  [wordPattern.source]: `a word of at most ${longestWord} letters, digits, "-" and "_"`,
};

/** The kind of text with this pattern, in words. */
export function describeText(pattern: string | undefined): string {
  return descriptions[pattern ?? ''] ?? 'text';
}
