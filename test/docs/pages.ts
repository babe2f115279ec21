import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const inDocs = readdirSync('docs').map((name) => join('docs', name));
const ofResults = readdirSync('results').map((name) => join('results', name, 'README.md'));

/** The documentation, without the changelog, which mentions former commands. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'datasets/README.md',
  'results/README.md',
  ...ofResults.filter((name) => existsSync(name)),
  ...inDocs,
].filter((name) => name.endsWith('.md'));

/** A code block of a page. */
export interface Fence {
  readonly page: string;
  /** Number of the first line of code, counted from 1. */
  readonly line: number;
  /** The word after the opening fence: `sh`, `yaml`, or '' for output. */
  readonly language: string;
  readonly text: string;
}

const fence = /^( *)```(\w*)\n([^]*?)^ *```$/gm;

/** The code blocks of a page, without the indentation of list items. */
export function fencesOf(page: string): Fence[] {
  const content = readFileSync(page, 'utf8');
  return Array.from(content.matchAll(fence), (found) => {
    const [, indentation = '', language = '', text = ''] = found;
    return {
      page,
      line: content.slice(0, found.index).split('\n').length + 1,
      language,
      text: text.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
    };
  });
}

/** The inline code of a page, outside its code blocks, each on one line. */
export function inlineCodeOf(page: string): string[] {
  const prose = readFileSync(page, 'utf8').replaceAll(fence, '');
  return Array.from(prose.matchAll(/`([^`]+)`/g), ([, code = '']) => code.replaceAll(/\s+/g, ' '));
}
