import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Which folders of src/ each folder may import. The tree's order is the story of a run: a config
 * becomes data and a network, the network is trained with gates, a run is written. Nothing imports
 * cli; everything may import the files that lie directly in src/.
 */
const mayImport = {
  compile: [],
  'bayesian-bits': ['compile'],
  nn: ['compile'],
  models: ['nn'],
  data: [],
  config: ['models', 'nn'],
  backend: [],
  training: ['compile', 'bayesian-bits', 'nn', 'models', 'data', 'config'],
  deployment: ['compile', 'bayesian-bits', 'nn'],
  runs: [
    'deployment',
    'training',
    'compile',
    'bayesian-bits',
    'nn',
    'models',
    'data',
    'config',
    'backend',
  ],
  report: ['runs', 'training', 'nn', 'config', 'bayesian-bits'],
};
const folders = [...Object.keys(mayImport), 'cli'];

const importRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: folders
          .filter((other) => other !== folder && !allowed.includes(other))
          .map((other) => ({
            group: [`**/${other}/**`],
            message: `src/${folder} may import only: ${allowed.join(', ') || 'nothing'} (see eslint.config.js).`,
          })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'results', 'coverage'] },
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
  ...importRules,
);
