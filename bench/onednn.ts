import { fileURLToPath } from 'node:url';
import { startSteps } from './step-process.js';
import { findSuite, suites } from './suites.js';
import { median } from './times.js';

/**
 * `npx tsx bench/onednn.ts [SUITE [ROUNDS [THREADS]]]`: estimate oneDNN's speed on other CPUs, by limiting
 * its kernels to older instruction sets, compared with TensorFlow's own kernels. Interleaved; ratios are
 * medians over rounds of ratios within a round.
 */
const [suiteName = 'lenet5', roundsWanted = '8', threads = '2'] = process.argv.slice(2);
const rounds = Number(roundsWanted);
const suite = findSuite(suiteName);
if (!suite || !(rounds > 0)) {
  process.stderr.write(
    `usage: onednn.ts [${Object.keys(suites).join(' | ')}] [ROUNDS [THREADS]]\n`,
  );
  process.exit(2);
}

const environments = {
  off: { TF_ENABLE_ONEDNN_OPTS: '0' },
  'on, SSE4.1': { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'SSE41' },
  'on, AVX': { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'AVX' },
  'on, AVX2': { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'AVX2' },
  'on, all': { TF_ENABLE_ONEDNN_OPTS: '1' },
};
const settings = Object.entries(suite.settings)
  .filter(([, { mode }]) => mode === 'graph')
  .map(([name]) => name);
const script = fileURLToPath(new URL('native-step.ts', import.meta.url));
const stepsPerRound = 4;

process.stdout.write(
  `${suiteName}, ${threads} threads, ${rounds} rounds: ms a step, and ratio to off\n`,
);
for (const setting of settings) {
  const subjects = Object.entries(environments).map(([name, env]) => ({
    name,
    steps: startSteps('npx', ['tsx', script, suiteName, setting, threads], env),
    medians: [] as number[],
  }));
  for (let round = -2; round < rounds; round++) {
    for (const { steps, medians } of subjects) {
      const [, ...times] = await steps.run(stepsPerRound);
      if (round >= 0) medians.push(median(times));
    }
  }
  const base = subjects[0]?.medians ?? [];
  const cells = subjects.map(({ name, medians }) => {
    const ratio = median(medians.map((time, round) => time / (base[round] ?? NaN)));
    return `${name} ${median(medians).toFixed(1)} (${ratio.toFixed(2)})`;
  });
  process.stdout.write(`${setting}: ${cells.join('; ')}\n`);
  for (const { steps } of subjects) steps.close();
}
