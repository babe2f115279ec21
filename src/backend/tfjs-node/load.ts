import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tfjsNode } from './recipe.js';

const require = createRequire(import.meta.url);

/** Packages that tfjs-node's JavaScript requires. tfjs-core replaces @tensorflow/tfjs (141 MB installed). */
export const borrowed = ['@tensorflow/tfjs', '@tensorflow/tfjs-core', 'google-protobuf'] as const;
type Borrowed = (typeof borrowed)[number];

const lenders: Readonly<Record<Borrowed, string>> = {
  '@tensorflow/tfjs': '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core': '@tensorflow/tfjs-core',
  'google-protobuf': 'google-protobuf',
};

/** Key of the global symbol under which the program lends its packages to files outside of it. */
const place = 'bbits.lent';

/** Source of the file that replaces a package beside tfjs-node's JavaScript. */
export function borrowingSource(name: Borrowed): string {
  return `// bbits lends its own: see docs/backend.md.\nmodule.exports = globalThis[Symbol.for('${place}')]['${name}'];\n`;
}

/** A `require` for files of the tfjs-node in a build's folder, which uses the program's tfjs-core. */
export function tfjsNodeIn(folder: string): (file: string) => unknown {
  const lent = Object.fromEntries(
    borrowed.map((name) => [name, require(lenders[name]) as unknown]),
  );
  Object.assign(globalThis, { [Symbol.for(place)]: lent });
  return (file) => require(join(folder, 'node_modules', tfjsNode.name, file)) as unknown;
}
