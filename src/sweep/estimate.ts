import { startBackend } from '../backend/start.js';
import type { Config } from '../config/config.js';
import { loadDataset } from '../data/load.js';
import { allEpochs } from '../setup/epochs.js';
import { openTeacher } from '../runs/run-teacher.js';
import { createTrainer } from '../training/trainer.js';
import type { NamedPoint } from './points.js';

/** Number of measured steps, after warm-up steps. */
const measuredSteps = 10;
const warmUpSteps = 3;

/**
 * Estimate the duration of points run one after the other, in seconds: the epochs of all their phases times
 * the duration of a training epoch, measured once for all points with equal work.
 *
 * @param measure returns the duration of an epoch in seconds
 * @throws UserError if there is no backend or no data
 */
export async function estimateSeconds(
  points: readonly NamedPoint[],
  signal: AbortSignal,
  measure = measureEpoch,
): Promise<number> {
  const measured = new Map<string, number>();
  let seconds = 0;
  for (const { config } of points) {
    const key = workOfEpoch(config);
    const perEpoch = measured.get(key) ?? (await measure(config, signal));
    measured.set(key, perEpoch);
    seconds += allEpochs(config) * perEpoch;
  }
  return seconds;
}

/** A key of the settings that determine an epoch's duration; runs with `from` may train on fewer images. */
function workOfEpoch({ dataset, model, from, teacher, quantization, training }: Config): string {
  const work = { ...training, epochs: undefined };
  return JSON.stringify([dataset, model, from !== undefined, teacher?.run, quantization, work]);
}

/** Extrapolate an epoch from a few training steps, and add its evaluations. */
async function measureEpoch(config: Config, signal: AbortSignal): Promise<number> {
  await startBackend(config.backend, { threads: config.threads, tf32: config.tf32 });
  const dataset = await loadDataset(config.dataset);
  const teacher = await openTeacher(config, dataset);
  const trainer = createTrainer(config, dataset, undefined, teacher?.teach);
  try {
    const step = await stepSeconds(trainer, signal);
    const start = performance.now();
    await trainer.evaluate({ signal });
    return trainer.stepsPerEpoch * step + (performance.now() - start) / 1000;
  } finally {
    trainer.dispose();
    teacher?.dispose();
  }
}

async function stepSeconds(
  trainer: ReturnType<typeof createTrainer>,
  signal: AbortSignal,
): Promise<number> {
  const enough = new AbortController();
  const marks: { readonly step: number; readonly time: number }[] = [];
  try {
    await trainer.trainEpoch(1, {
      signal: AbortSignal.any([signal, enough.signal]),
      onStep(step) {
        marks.push({ step, time: performance.now() });
        if (step >= warmUpSteps + measuredSteps) enough.abort();
      },
    });
  } catch (error) {
    if (!enough.signal.aborted || signal.aborted) throw error;
  }
  // A device may do several steps per call.
  const warm = marks.findIndex(({ step }) => step > warmUpSteps);
  const from = marks[Math.min(warm < 0 ? Infinity : warm, marks.length - 2)];
  const to = marks.at(-1);
  // An epoch of a single step has no interval to measure.
  return from && to ? (to.time - from.time) / 1000 / (to.step - from.step) : 0;
}
