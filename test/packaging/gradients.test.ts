import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import { bundleGradients, publicForm } from '../../packaging/gradients.js';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('@tensorflow/tfjs-core/dist/register_all_gradients.js'));

test('modules that hold tfjs-core’s state are not bundled', async () => {
  const { modules } = await bundleGradients();
  const stateful = /^(engine|environment|global_util|kernel_registry|tensor|flags|globals)\.js$/;
  expect(modules.filter((module) => stateful.test(module))).toEqual([]);
  expect(modules.filter((module) => module.startsWith('gradients/')).length).toBeGreaterThan(90);
});

test('everything the bundle takes from tfjs-core’s public interface exists', async () => {
  const { modules } = await bundleGradients();
  const missing: string[] = [];
  for (const module of modules) {
    for (const { from, names } of importsOf(module)) {
      const form = publicForm(from);
      if (form === undefined) continue;
      const given = runInNewContext(`(${form})`, { core: tf }) as object;
      missing.push(...names.filter((name) => !(name in given)).map((name) => `${from}: ${name}`));
    }
  }
  expect(missing).toEqual([]);
});

/** The modules that a module imports, each with the names it uses. */
function importsOf(module: string): { from: string; names: string[] }[] {
  const text = readFileSync(join(folder, module), 'utf8');
  const source = ts.createSourceFile(module, text, ts.ScriptTarget.Latest);
  return source.statements.filter(ts.isImportDeclaration).map((statement) => {
    const from = join(module, '..', `${(statement.moduleSpecifier as ts.StringLiteral).text}.js`);
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined) return { from, names: [] };
    if (ts.isNamedImports(bindings)) {
      return {
        from,
        names: bindings.elements.map((each) => (each.propertyName ?? each.name).text),
      };
    }
    const uses = text.matchAll(new RegExp(`\\b${bindings.name.text}\\.(\\w+)`, 'g'));
    return { from, names: [...uses].map(([, name = '']) => name) };
  });
}
