import js from '@eslint/js';
import { importX, createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { mayImport, openToAll } from './import-rules.js';

const zones = Object.entries(mayImport).map(([room, allowed]) => ({
  target: `src/${room}`,
  from: 'src',
  except: [room, ...allowed, ...openToAll].map((name) => `./${name}`),
  message: `src/${room} may import only: ${allowed.join(', ') || 'nothing'} (see import-rules.js).`,
}));

export default tseslint.config(
  // What is in a folder `generated` is another program's, to the byte.
  { ignores: ['dist', 'results', 'coverage', '**/generated'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'variable', format: ['camelCase'], leadingUnderscore: 'allow' },
        // Names of others, as in `const { TF_CONFIG } = process.env`.
        { selector: 'variable', modifiers: ['destructured'], format: null },
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'function', format: ['camelCase'] },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSInterfaceBody > TSPropertySignature[readonly=false]',
          message: 'Declare the property readonly, and make a new object instead of changing one.',
        },
      ],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vitest', importNames: ['it'], message: 'A test is a `test`.' }] },
      ],
    },
  },
  {
    files: ['bin/**/*.js', '*.js'],
    languageOptions: { globals: { process: 'readonly' } },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
    },
  },
);
