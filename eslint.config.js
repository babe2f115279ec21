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
