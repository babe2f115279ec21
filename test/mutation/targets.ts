import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.js';

/** Sources, and the tests that must kill their mutants. */
export interface Target {
  /** Path prefixes, so that files may be moved or added within a folder. */
  readonly sources: readonly string[];
  /**
   * Path prefixes of tests, in stages that run up to the first failure: fast ones first. Tests of plain numbers
   * load no TensorFlow.
   */
  readonly stages: readonly (readonly string[])[];
}

/** A file belongs to the first target that lists it. */
export const targets: readonly Target[] = [
  {
    sources: [
      'src/bayesian-bits/quantizer',
      'src/bayesian-bits/grid',
      'src/bayesian-bits/residuals',
      'src/kernels/fused',
    ],
    stages: [
      ['test/kernels/fused', 'test/bayesian-bits/quantizer'],
      ['test/bayesian-bits/golden-quantizer'],
      ['test/bayesian-bits/gradient-precision'],
    ],
  },
  {
    sources: ['src/bayesian-bits/'],
    stages: [
      [
        'gates',
        'hard-concrete',
        'levels',
        'prior',
        'prices',
        'bops',
        'expected-bops',
        'sample',
      ].map((name) => `test/bayesian-bits/${name}`),
      ['test/kernels/fused', 'test/bayesian-bits/quantizer'],
      ['test/bayesian-bits/golden-quantizer'],
    ],
  },
  {
    sources: ['src/setup/'],
    stages: [
      ['test/setup/', 'test/inspection/'],
      ['test/training/budget', 'test/training/options', 'test/cli/from'],
    ],
  },
  {
    sources: ['src/training/quantizer-state', 'src/training/phases/warm-up'],
    stages: [
      ['test/training/quantizer-state', 'test/training/warm-up'],
      ['test/training/fine-tuning', 'test/training/golden'],
    ],
  },
  {
    sources: ['src/training/budget'],
    stages: [['test/training/budget']],
  },
  {
    sources: ['src/training/optimizers/'],
    stages: [
      ['test/training/optimizers/'],
      ['test/training/fine-tuning', 'test/training/golden', 'test/extending/optimizer'],
    ],
  },
  {
    sources: ['src/training/initial-weights', 'src/nn/plan-network'],
    stages: [
      ['test/training/initial-weights', 'test/nn/plan'],
      ['test/models/counts', 'test/setup/plan-for-config', 'test/training/golden'],
    ],
  },
  {
    sources: ['src/training/phases/fine-tuning-phase'],
    stages: [['test/training/fine-tuning']],
  },
  {
    sources: ['src/runs/folder/tensorboard/'],
    stages: [['test/runs/folder/tensorboard/']],
  },
  {
    sources: ['src/runs/folder/', 'src/runs/run-summary', 'src/runs/same-run'],
    stages: [
      ['test/runs/', 'test/report/report'],
      ['test/cli/runs', 'test/cli/inspect', 'test/cli/resume', 'test/cli/fine-tuning'],
    ],
  },
  {
    sources: ['src/report/figures/place-labels'],
    stages: [['test/report/place-labels'], ['test/report/figures']],
  },
  {
    sources: ['network-summary', 'rows', 'statistics', 'format', 'pareto-front', 'report'].map(
      (name) => `src/report/${name}.`,
    ),
    stages: [
      ['statistics', 'format', 'pareto-front', 'network-summary'].map(
        (name) => `test/report/${name}`,
      ),
      ['test/report/report', 'test/report/figures', 'test/report/sensitivity'],
      ['test/cli/report'],
    ],
  },
  {
    sources: ['src/data/download'],
    stages: [['test/data/download']],
  },
  {
    sources: ['src/deployment/'],
    stages: [['test/deployment/'], ['test/cli/export']],
  },
];

/** The source or test files whose path starts with one of these prefixes. */
export function filesOf(beginnings: readonly string[], under: 'src' | 'test'): string[] {
  return filesUnder(under).filter((file) => beginnings.some((each) => file.startsWith(each)));
}

/** The stages of a source, preceded by the test of the same name, if there is one. */
export function stagesOf(file: string, { stages }: Target): string[][] {
  const own = file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts');
  return [[own], ...stages]
    .map((stage) => filesOf(stage, 'test'))
    .filter(({ length }) => length > 0);
}

export function targetOf(file: string): Target | undefined {
  return targets.find(({ sources }) => sources.some((beginning) => file.startsWith(beginning)));
}

function filesUnder(folder: 'src' | 'test'): string[] {
  const end = folder === 'test' ? '.test.ts' : '.ts';
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith(end))
    .sort();
}
