/**
 * Which rooms of src/ each room may import, `import()` included. The order is the story of a run: a config
 * becomes data and a network, the network is trained with gates, a run is written, runs become a report.
 * Nothing imports cli; the files that lie directly in src/ are open to all. The linter holds it, and
 * test/structure.test.ts that no permission is there without need.
 */
const permissions = {
  text: '',
  files: '',
  commands: 'files',
  compile: 'files',
  kernels: 'compile',
  'bayesian-bits': 'compile kernels',
  nn: 'kernels',
  models: 'nn',
  data: 'files text commands',
  config: 'files bayesian-bits data models nn text',
  backend: 'files text commands kernels',
  setup: 'bayesian-bits nn models data config',
  training: 'text compile kernels bayesian-bits nn data config setup',
  deployment: 'files compile bayesian-bits nn',
  inspection: 'bayesian-bits nn data config setup',
  runs: 'files text compile bayesian-bits nn data config backend setup training deployment inspection',
  sweep: 'files text data config backend setup training runs',
  report: 'files text bayesian-bits config inspection runs',
  cli: 'text data config backend setup training deployment inspection runs sweep report',
};

export const mayImport = Object.fromEntries(
  Object.entries(permissions).map(([room, others]) => [room, others.split(' ').filter(Boolean)]),
);

/** The files directly in src/. */
export const openToAll = ['errors.ts', 'installation.ts', 'random.ts', 'version.ts'];
