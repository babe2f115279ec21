import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { mayImport, openToAll } from '../import-rules.js';

/** The project's rules that no linter knows; import rules and cycles are the linter's. */

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts'));
const sources = filesIn('src');

/** The first folder below src, or a file directly in src. */
const roomOf = (file: string) => file.split('/')[1] ?? '';

/** What a file imports within src, including `import()` and types. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => normalize(join(dirname(file), fileName)).replace(/\.js$/, '.ts'));
}

const used = new Set(
  sources.flatMap((file) => importsOf(file).map((other) => `${roomOf(file)} -> ${roomOf(other)}`)),
);

describe('the folders of src', () => {
  test('all have an import rule, and every rule has a folder', () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].sort()).toEqual([...Object.keys(mayImport), ...openToAll].sort());
  });

  test('import only what their rule permits', () => {
    const permitted = Object.entries(mayImport).flatMap(([room, allowed]) =>
      [room, ...allowed, ...openToAll].map((other) => `${room} -> ${other}`),
    );
    const among = openToAll.flatMap((file) => openToAll.map((other) => `${file} -> ${other}`));
    expect([...used].filter((edge) => ![...permitted, ...among].includes(edge))).toEqual([]);
  });

  test('use every permission they have', () => {
    const permissions = Object.entries(mayImport).flatMap(([room, allowed]) =>
      allowed.map((other) => `${room} -> ${other}`),
    );
    expect(permissions.filter((permission) => !used.has(permission))).toEqual([]);
  });

  test('hold at most 25 files each', () => {
    const folders = new Set(sources.map((file) => dirname(file)));
    const flat = (folder: string) => sources.filter((file) => dirname(file) === folder).length;
    const full = [...folders].filter((folder) => flat(folder) > 25);
    expect(full).toEqual([]);
  });
});

const folders = ['src', 'test', 'bench', 'docs/generate', 'docker', 'packaging', 'supply-chain'];

test('files have names in kebab case', () => {
  const names = folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .map((name) => basename(name))
    .filter((name) => /\.(ts|js|py|cc|h)$/.test(name));
  const inKebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|_pb)?\.\w+$/;
  expect(names.filter((name) => !inKebabCase.test(name))).toEqual([]);
});

test('spelling is American', () => {
  const british =
    /colou[r]|behaviou[r]|favou[r]|neighbou[r]|licenc[e]|centr[e]|gre[y]|(initial|normal|recogn|optim|quant|regular|organ|summar|serial|minim|maxim)is(e|ing|ation)/i;
  const pages = readdirSync('docs').map((name) => join('docs', name));
  const files = [...folders.flatMap(filesIn), ...pages, 'README.md', 'CONTRIBUTING.md']
    // Generated code has its own spelling.
    .filter((file) => /\.(ts|md)$/.test(file) && !file.includes('/generated/'));
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) => (british.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('no file of src or test is longer than 250 lines', () => {
  // Generated code is neither read nor changed by hand: see the NOTICE.md beside it.
  const written = sources.filter((file) => !dirname(file).endsWith('/generated'));
  const long = [...written, ...filesIn('test')].filter(
    (file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > 250,
  );
  expect(long).toEqual([]);
});

// Its temperature, stretch limits and thresholds.
test('the constants of the hard concrete distribution appear in its own file alone', () => {
  const constants = /(?<![\d.])(2 \/ 3\b|1\.1\b|-0\.1\b|0\.34\b|-0\.935)/;
  // Another distribution may use the same ones.
  const distributions = importsOf('src/bayesian-bits/gate-distributions.ts');
  const others = sources.filter((file) => {
    const code = readFileSync(file, 'utf8').replace(
      /\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g,
      '',
    );
    return !distributions.includes(file) && constants.test(code);
  });
  expect(others).toEqual([]);
});

/** Packages loaded with a file and its imports, other than by `import()` or for types alone. */
function packagesAtOnce(start: string): string[] {
  const packages = new Set<string>();
  const files = new Set([start]);
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
    for (const statement of source.statements) {
      const name = loadedBy(statement);
      if (name === undefined) continue;
      if (!name.startsWith('.')) packages.add(name);
      else files.add(normalize(join(dirname(file), name)).replace(/\.js$/, '.ts'));
    }
  }
  return [...packages];
}

function loadedBy(statement: ts.Statement): string | undefined {
  const isImport = ts.isImportDeclaration(statement);
  if (!isImport && !ts.isExportDeclaration(statement)) return undefined;
  const { moduleSpecifier: from } = statement;
  const isType = isImport
    ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    : statement.isTypeOnly;
  return from && ts.isStringLiteral(from) && !isType ? from.text : undefined;
}

// These packages take longer to load than most commands to run.
test('TensorFlow.js and the drawing packages are loaded only when used', () => {
  const starts = ['cli/main', 'report/report', 'report/write-report', 'runs/list-runs'];
  const slow = starts.flatMap((start) =>
    packagesAtOnce(`src/${start}.ts`).filter((name) => /tensorflow|vega|canvas/.test(name)),
  );
  expect(slow).toEqual([]);
  expect(packagesAtOnce('src/report/figures/draw.ts')).toContain('vega');
});
