import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tfjsNode } from './recipe.js';

const require = createRequire(import.meta.url);

/**
 * The packages that tfjs-node's JavaScript requires. Of @tensorflow/tfjs (141 MB with what it needs) it uses what
 * tfjs-core has.
 */
export const borrowed = ['@tensorflow/tfjs', '@tensorflow/tfjs-core', 'google-protobuf'] as const;
type Borrowed = (typeof borrowed)[number];

const lenders: Readonly<Record<Borrowed, string>> = {
  '@tensorflow/tfjs': '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core': '@tensorflow/tfjs-core',
  'google-protobuf': 'google-protobuf',
};

/** Under this symbol the program keeps what it lends, for files that lie outside of it. */
const place = 'bbits.lent';

/** The source of the file that stands for a package beside tfjs-node's JavaScript. */
export function borrowingSource(name: Borrowed): string {
  return `// bbits lends its own: see docs/backend.md.\nmodule.exports = globalThis[Symbol.for('${place}')]['${name}'];\n`;
}

/** Requires files of the tfjs-node in a build's folder, which uses the program's own tfjs-core. */
export function tfjsNodeIn(folder: string): (file: string) => unknown {
  const lent = Object.fromEntries(
    borrowed.map((name) => [name, require(lenders[name]) as unknown]),
  );
  Object.assign(globalThis, { [Symbol.for(place)]: lent });
  return (file) => require(join(folder, 'node_modules', tfjsNode.name, file)) as unknown;
}
