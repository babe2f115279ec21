import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What only a machine with a GPU can show, besides times: `tsx bench/gpu-rest.ts` after `npm run build`, about ten
 * minutes; where there is no npx, `node node_modules/tsx/dist/cli.mjs bench/gpu-rest.ts`. It prints JSON: what the
 * doctor says, the golden vectors with and without TF32, whether XLA compiled each entry, whether two runs have the
 * same bytes, and the times with deterministic kernels, without, and without TF32.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const bbits = [join(root, 'bin/bbits.js')];
const tsx = [join(root, 'node_modules/tsx/dist/cli.mjs')];
const vitest = [require.resolve('vitest/vitest.mjs'), 'run', '--project', 'native'];
const quickstart = 'configs/quickstart.yaml';
const goldenTests = [
  'test/training/golden-lenet5.test.ts',
  'test/bayesian-bits/golden-quantizer.test.ts',
];
const withoutTf32 = {
  NVIDIA_TF32_OVERRIDE: '0',
  XLA_FLAGS: '--xla_gpu_enable_triton_gemm=false',
};

const work = mkdtempSync(join(tmpdir(), 'bbits-gpu-'));
try {
  const golden = (env: NodeJS.ProcessEnv) =>
    said([...vitest, ...goldenTests], { ...env, BBITS_TEST_NATIVE: 'native-gpu' });
  const times = (env: NodeJS.ProcessEnv) => json([...tsx, 'bench/gpu.ts', 'gpu', '128'], env);
  const found = {
    doctor: said([...bbits, 'backend', 'doctor', '--backend', 'native-gpu']),
    golden: { tf32: golden({}), withoutTf32: golden(withoutTf32) },
    runs: twoRuns(),
    times: {
      asTrained: times({}),
      notDeterministic: times({ TF_DETERMINISTIC_OPS: '0' }),
      withoutTf32: times(withoutTf32),
    },
  };
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
} finally {
  rmSync(work, { recursive: true });
}

function twoRuns() {
  const dumps = join(work, 'dumps');
  const train = (name: string, env: NodeJS.ProcessEnv) =>
    said([...bbits, 'train', quickstart, 'backend=native-gpu', '--out', join(work, name)], env);
  const ended = [
    train('first', { XLA_FLAGS: `--xla_dump_to=${dumps} --xla_dump_hlo_as_text` }),
    train('second', {}),
  ];
  const read = (run: string, file: string) => readFileSync(join(work, run, file));
  const same = ['metrics.jsonl', 'weights.safetensors', 'result.json', 'run.json'].map((file) => [
    file,
    attempt(() => read('first', file).equals(read('second', file))),
  ]);
  return {
    ended,
    sameBytes: Object.fromEntries(same) as Record<string, unknown>,
    record: attempt(() => JSON.parse(read('second', 'run.json').toString()) as unknown),
    compiledByXla: attempt(() =>
      readdirSync(dumps).filter((name) => name.endsWith('after_optimizations.txt')),
    ),
  };
}

/** How a program ended, and the end of what it said. */
function said(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = run(args, env);
  return { status, stdout: stdout.slice(-4000), stderr: stderr.slice(-4000) };
}

function json(args: readonly string[], env: NodeJS.ProcessEnv): unknown {
  const { stdout, stderr } = run(args, env);
  return attempt(() => JSON.parse(stdout) as unknown) ?? { failed: stderr.slice(-4000) };
}

function run(args: readonly string[], env: NodeJS.ProcessEnv) {
  process.stderr.write(`${args.join(' ')}\n`);
  return spawnSync(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
