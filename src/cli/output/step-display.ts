import { allEpochs } from '../../setup/epochs.js';
import type { Config } from '../../config/config.js';
import type { EpochLosses } from '../../training/trainer-state.js';
import type { Trainer } from '../../training/trainer.js';
import { clock } from '../../text/clock.js';
import { lossParts } from './epoch-line.js';
import { bopsText } from './figures.js';
import { bar, clearLive, showLive } from './live-lines.js';
import { partsThatFit } from './parts.js';
import { note } from './say.js';
import { canDrawOver, lineWidth } from './terminal.js';

/** Display of training steps. */
export interface StepDisplay {
  step(at: StepsDone, soFar: EpochLosses, trainer: Trainer): void;
  close(): void;
}

export interface StepsDone {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

export const noSteps: StepDisplay = { step: () => undefined, close: () => undefined };

/** A line that is redrawn on a terminal; otherwise a line every 30 seconds. */
export function stepDisplay(config: Config): StepDisplay {
  const epochs = allEpochs(config);
  return canDrawOver(process.stderr) ? terminalBar(epochs) : plainLines(epochs);
}

/** Milliseconds between redraws: counting bit operations in every step would waste time. */
const drawEvery = 100;

function terminalBar(epochs: number): StepDisplay {
  let last = -Infinity;
  const timeLeft = estimator(epochs);
  return {
    step(at, soFar, trainer) {
      const left = timeLeft(at);
      if (performance.now() - last < drawEvery) return;
      last = performance.now();
      const { epoch, step, stepsPerEpoch } = at;
      const parts = [
        `Epoch ${epoch}/${epochs} ${bar(step / stepsPerEpoch)} ${step}/${stepsPerEpoch}`,
        `${left} left`,
        ...figuresSoFar(soFar, trainer),
      ];
      showLive([partsThatFit(parts, lineWidth(process.stderr) - 4)]);
    },
    close() {
      last = -Infinity;
      clearLive();
    },
  };
}

/** Seconds between lines without a terminal. */
const lineEvery = 30;

function plainLines(epochs: number): StepDisplay {
  let last = performance.now();
  const timeLeft = estimator(epochs);
  return {
    step(at, soFar, trainer) {
      const left = timeLeft(at);
      if (performance.now() - last < 1000 * lineEvery) return;
      last = performance.now();
      const { epoch, step, stepsPerEpoch } = at;
      const where = `  epoch ${epoch}, step ${step}/${stepsPerEpoch}`;
      note([where, ...figuresSoFar(soFar, trainer), `${left} left`].join('  '));
    },
    close: () => undefined,
  };
}

function figuresSoFar(soFar: EpochLosses, trainer: Trainer): string[] {
  const [crossEntropy = '', ...price] = lossParts(soFar);
  return [
    crossEntropy,
    // One decimal, since this mean still changes.
    `acc ${soFar.accuracyPercent.toFixed(1)} %`,
    ...price,
    `BOPs ${bopsText(trainer.cost().relativeBopsPercent)}`,
  ];
}

/** Estimate the remaining time, as text, from the duration of the steps so far. */
function estimator(epochs: number): (at: StepsDone) => string {
  let start: { time: number; done: number } | undefined;
  return ({ epoch, step, stepsPerEpoch }) => {
    const done = (epoch - 1) * stepsPerEpoch + step;
    // The first step starts the clock.
    start ??= { time: performance.now(), done };
    if (done === start.done) return '--:--';
    const each = (performance.now() - start.time) / 1000 / (done - start.done);
    return clock(each * (epochs * stepsPerEpoch - done));
  };
}
