import { bitWidths } from '../bayesian-bits/gates.js';
import type { Places } from '../config/places.js';
import { UserError } from '../errors.js';
import { evaluateSplit } from '../training/evaluate.js';
import {
  testTimeCost,
  testTimeQuantizers,
  withBits,
  type QuantizerState,
} from '../training/quantizer-state.js';
import { sensitivityCurve, type Widths } from '../training/sensitivity.js';
import { nothingHeldOut } from './evaluate-run.js';
import { readRun, type StoredRun } from './read-run.js';
import { openRunData, runLearner } from './run-learner.js';
import { readResult } from './folder/result-file.js';
import { writeSensitivity, type SensitivityStep } from './folder/sensitivity-file.js';

/**
 * Compute the sensitivity baseline of a static run (see `sensitivityCurve`) and store it in the run's folder.
 *
 * @param places current folders of moved data
 * @param onStep called after each step
 * @throws UserError unless the run has fixed bits and held-out images, or if it cannot be read
 */
export async function sensitivityOfRun(
  folder: string,
  places: Places,
  signal: AbortSignal,
  onStep: (step: SensitivityStep, number: number, of: number) => void,
): Promise<SensitivityStep[]> {
  const run = await readRun(folder);
  const start = staticWidths(run);
  const { dataset, splits } = await openRunData(run, places);
  const { validation, test } = splits;
  if (!validation || !test) throw nothingHeldOut(folder);
  const learner = runLearner(run, [validation.count, test.count]);
  const accuracyOn = async (split: typeof test, widths: Widths) => {
    learner.setQuantizers(atWidths(run, widths));
    const options = { signal };
    return (await evaluateSplit(dataset, split, (batch) => learner.evaluate(batch), options))
      .accuracyPercent;
  };
  const cost = (widths: Widths) => testTimeCost(run.plan, atWidths(run, widths));
  const chain = bitWidths.filter((width) => width >= run.config.quantization.smallest);
  const count = [...start.values()].reduce((sum, width) => sum + chain.indexOf(width), 1);
  const steps: SensitivityStep[] = [];
  try {
    for await (const { site, widths, validationAccuracyPercent } of sensitivityCurve({
      start,
      chain,
      bops: (widths) => cost(widths).bops,
      accuracyPercent: (widths) => accuracyOn(validation, widths),
    })) {
      const step = {
        site,
        bits: site === null ? null : (widths.get(site) ?? null),
        relativeBopsPercent: cost(widths).relativeBopsPercent,
        validationAccuracyPercent,
        testAccuracyPercent: await accuracyOn(test, widths),
      };
      steps.push(step);
      onStep(step, steps.length, count);
    }
  } finally {
    learner.dispose();
  }
  const epochs = (await readResult(folder))?.epochs;
  await writeSensitivity(folder, {
    images: validation.count,
    ...(epochs === undefined ? {} : { epochs }),
    steps,
  });
  return steps;
}

function atWidths({ quantizers }: StoredRun, widths: Widths): QuantizerState[] {
  return quantizers.map((quantizer) => withBits(quantizer, widths.get(quantizer.site.name) ?? 2));
}

function staticWidths({ folder, config, quantizers, plan }: StoredRun): Widths {
  const { weights, activations, layers } = config.quantization;
  const isFixed = (width: unknown) => typeof width === 'number';
  const others = layers.flatMap((layer) => [layer.weights, layer.activations]);
  if (
    ![weights, activations].every(isFixed) ||
    !others.every((width) => width === undefined || isFixed(width)) ||
    quantizers.length < plan.quantizers.length
  ) {
    throw new UserError(
      `${folder}: expected a run whose bits were fixed in training, as with quantization={weights: 8, ` +
        'activations: 8, channels: all}, found one with learned bits or in full precision.',
      2,
    );
  }
  return new Map(
    Array.from(testTimeQuantizers(quantizers), ([site, { bits }]) => [
      site,
      bitWidths.find((width) => width === bits) ?? 2,
    ]),
  );
}
