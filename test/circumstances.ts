import { spawnSync } from 'node:child_process';

/**
 * `npm run test:circumstances [-- NAME ...]`: the whole test suite with TensorFlow summing in other orders, as on
 * other CPUs, so that no test passes by luck on one CPU. Without names, run all circumstances one after the other.
 */
const circumstances: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  // TensorFlow's default without AVX512-VNNI or AMX.
  'onednn-off': { TF_ENABLE_ONEDNN_OPTS: '0' },
  'onednn-on': { TF_ENABLE_ONEDNN_OPTS: '1' },
  avx2: { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'AVX2' },
  '1-thread': threads(1),
  '2-threads': threads(2),
  '4-threads': threads(4),
};

function threads(count: number): NodeJS.ProcessEnv {
  return { TF_NUM_INTRAOP_THREADS: String(count), TF_NUM_INTEROP_THREADS: String(count) };
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(circumstances, name));
if (unknown !== undefined) {
  process.stderr.write(
    `Found "${unknown}", expected some of ${Object.keys(circumstances).join(', ')}.\n`,
  );
  process.exit(2);
}
const chosen = names.length > 0 ? names : Object.keys(circumstances);
const failed = chosen.filter((name) => {
  process.stdout.write(`\n== ${name}: ${JSON.stringify(circumstances[name])}\n`);
  const env = { ...process.env, ...circumstances[name] };
  return spawnSync('npx', ['vitest', 'run'], { stdio: 'inherit', env }).status !== 0;
});
process.stdout.write(failed.length > 0 ? `\nFailed: ${failed.join(', ')}\n` : '\nAll passed.\n');
process.exitCode = failed.length > 0 ? 1 : 0;
