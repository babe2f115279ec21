import type { BackendOptions } from '../../backend/start.js';
import type { Config } from '../../config/config.js';
import type { RunRecord } from '../folder/record-file.js';

/**
 * What a run was computed with, by its name: it decides the last bits of a result, and no more than
 * chance makes of them in training.
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

/** What follows from the machine: a run goes on where these differ, to other last bits. */
export const ofMachine: ReadonlySet<string> = new Set(['device', 'instruction set']);

/** What a run was computed with in its course, each as long as it stayed the same. */
function inOrder(values: readonly string[]): string {
  return values.filter((value, i) => value !== '' && value !== values[i - 1]).join(', then ');
}

/** What of them is known to differ, with the value of each run that tells it. */
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
 * How a backend is started that computes as a run began: earlier versions left oneDNN to TensorFlow, and had
 * no kernels of their own and no XLA.
 *
 * @param config says it where there is no record
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
 * How a backend is started that evaluates a run: as it began, but that XLA is no more than the device's default where
 * it compiled the run, since the run of a GPU may be evaluated on a CPU, where compiling takes far longer than
 * evaluating.
 */
export function asEvaluated(
  record: RunRecord | undefined,
  config: Pick<Config, 'threads' | 'tf32'>,
): BackendOptions {
  const { xla, ...others } = asBegun(record, config);
  return xla === false ? { ...others, xla } : others;
}
