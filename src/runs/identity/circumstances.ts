import type { BackendOptions } from '../../backend/start.js';
import type { Config } from '../../config/config.js';
import type { RunRecord } from '../folder/record-file.js';

/**
 * The environment that a run was computed in, by name. It affects the last bits of each computation; the
 * results of training then differ, but only by chance.
 */
export function circumstancesOf(record: RunRecord): ReadonlyMap<string, string> {
  const { tensorflow, tfjs } = record.versions;
  const { tf32 = true } = record;
  const parts = [record, ...(record.segments ?? [])];
  const instructionSets = inOrder(parts.map(({ instructionSet }) => instructionSet ?? ''));
  return new Map([
    ['backend', record.backend],
    ['device', inOrder(parts.map(({ device }) => device))],
    ['threads', String(record.threads)],
    ['TensorFlow', tensorflow ?? `none (TensorFlow.js ${tfjs})`],
    ...(instructionSets ? [['instruction set', instructionSets] as const] : []),
    ...(record.oneDnn ? [['oneDNN', record.oneDnn] as const] : []),
    ...(record.kernels === undefined ? [] : [['kernels', record.kernels ?? 'none'] as const]),
    ...(record.backend === 'native-gpu' ? [['TF32', tf32 ? 'on' : 'off'] as const] : []),
    ...(tensorflow === null ? [] : [['XLA', record.xla === 'used' ? 'used' : 'not used'] as const]),
  ]);
}

/** Properties of the machine: a run may be resumed where they differ, with other last bits. */
export const ofMachine: ReadonlySet<string> = new Set(['device', 'instruction set']);

/** Join the values over a run's segments, repetitions omitted. */
function inOrder(values: readonly string[]): string {
  return values.filter((value, i) => value !== '' && value !== values[i - 1]).join(', then ');
}

/** The known differences between runs, each with the value of every run that records it. */
export function circumstanceDifferences(
  records: readonly RunRecord[],
): { readonly name: string; readonly values: readonly string[] }[] {
  const all = records.map(circumstancesOf);
  const names = [...new Set(all.flatMap((each) => [...each.keys()]))];
  return names
    .map((name) => ({ name, values: all.flatMap((each) => each.get(name) ?? []) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/**
 * Backend options that reproduce a run's environment: earlier versions left oneDNN to TensorFlow, and had
 * neither their own kernels nor XLA.
 *
 * @param config used if there is no record
 */
export function asBegun(
  record: RunRecord | undefined,
  { threads, tf32 }: Pick<Config, 'threads' | 'tf32'>,
): BackendOptions {
  if (record === undefined) return { threads, tf32 };
  return {
    threads: record.threads,
    oneDnn: record.oneDnn ?? 'tensorflow',
    ...(typeof record.kernels === 'string' ? {} : { kernels: false }),
    tf32: record.tf32,
    xla: record.xla === 'used',
  };
}

/**
 * Backend options for evaluating a run: those that it began with, but XLA is never forced on. A run that was
 * trained on a GPU may be evaluated on a CPU, where compiling takes far longer than evaluating.
 */
export function asEvaluated(
  record: RunRecord | undefined,
  config: Pick<Config, 'threads' | 'tf32'>,
): BackendOptions {
  const { xla, ...others } = asBegun(record, config);
  return xla === false ? { ...others, xla } : others;
}
