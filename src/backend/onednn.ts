import type { InstructionSet } from './cpu.js';

/**
 * Whether TensorFlow uses oneDNN's kernels; `tensorflow`: by TensorFlow's own rule, as in versions of bbits
 * before 0.2.
 */
export type OneDnn = 'on' | 'off' | 'tensorflow';

/** TensorFlow's environment variable for oneDNN. */
export const oneDnnVariable = 'TF_ENABLE_ONEDNN_OPTS';

/**
 * On with AVX2 or wider, where it is faster; TensorFlow's own rule requires AVX512-VNNI or AMX. Without AVX2
 * it is slower, and on arm64 it could not be measured: figures in docs/backend.md.
 */
export function bestOneDnn(cpu: InstructionSet): OneDnn {
  return ['AVX-512 VNNI', 'AVX-512', 'AVX2'].includes(cpu) ? 'on' : 'tensorflow';
}

/** Whether TensorFlow uses oneDNN: as its variable says if that is 0 or 1, else by its own rule. */
export function oneDnnIn(env: NodeJS.ProcessEnv, flags: ReadonlySet<string>): 'on' | 'off' {
  const value = env[oneDnnVariable];
  if (value === '0' || value === '1') return value === '1' ? 'on' : 'off';
  return flags.has('avx512_vnni') || flags.has('amx_int8') ? 'on' : 'off';
}
