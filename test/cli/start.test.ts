import { expect, test } from 'vitest';
import { project } from '../helpers/project.js';
import { bin, startNode } from '../helpers/run-bbits.js';

/** Print each ES module that the program loads to stderr, as `loads URL`. */
const printLoads = `
import { register } from 'node:module';
const hooks = 'export function load(url, context, next) { process._rawDebug("loads " + url); return next(url, context); }';
register('data:text/javascript,' + encodeURIComponent(hooks));
`;

test('a run loads only modules for training, none for figures, archives or exports', async () => {
  const { at } = await project('');
  const hook = `data:text/javascript,${encodeURIComponent(printLoads)}`;
  const args = ['--import', hook, bin, 'train', at('small.yaml'), '--out', at('run')];
  const { code, stderr } = await startNode(args, process.env, at()).ended;
  expect(code).toBe(0);
  const loaded = [...stderr.matchAll(/^loads (.*)$/gm)].map(([, url = '']) => url);
  const packages = loaded.flatMap(
    (url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [],
  );
  expect([...new Set(packages)].sort()).toEqual([
    '@bufbuild/protobuf',
    '@tensorflow/tfjs-core',
    'chalk',
    'cli-progress',
    'cli-table3',
    'commander',
    'crc-32',
    'fastest-levenshtein',
    'pure-rand',
    'yaml',
    'zod',
  ]);
});
