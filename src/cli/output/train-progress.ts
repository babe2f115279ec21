import chalk from 'chalk';
import { Presets, SingleBar } from 'cli-progress';
import type { BackendInfo } from '../../backend/info.js';
import type { Config } from '../../config/config.js';
import type { EpochMetrics } from '../../runs/folder/metrics-file.js';
import type { RunObserver } from '../../runs/train-and-record.js';
import { allEpochs } from '../../setup/epochs.js';
import type { EpochLosses } from '../../training/trainer-state.js';
import type { Trainer } from '../../training/trainer.js';
import { clock } from '../../text/clock.js';
import { counted } from '../../text/counted.js';
import { accuracyText, bopsText, gbopsText } from './figures.js';
import { note, say } from './say.js';
import { shell } from '../../text/shell.js';

/** Shows a run while it goes on. */
export interface TrainProgress {
  readonly observer: RunObserver;
  /** What there is if the run stops now, in words. */
  leftBehind(): string;
  /** The command that goes on from there; undefined where there is nothing to go on with. */
  goesOn(): string | undefined;
  /** Takes away what is only there while the run goes on. */
  close(): void;
}

/** Shows nothing. @param folder of a run that goes on */
export function silentObserver(folder: string | undefined): TrainProgress {
  return progressWith(
    () => undefined,
    () => undefined,
    noBar,
    folder,
  );
}

/**
 * A line for each epoch on stdout; notes and the steps in between on stderr.
 *
 * @param folder of a run that goes on
 */
export function trainProgress(config: Config, folder: string | undefined): TrainProgress {
  const epochs = allEpochs(config);
  const bar = process.stderr.isTTY ? terminalBar(epochs) : plainLines(epochs);
  return progressWith(
    note,
    (metrics) => {
      say(epochLine(metrics, epochs));
    },
    bar,
    folder,
  );
}

/** Where steps are shown. */
interface StepDisplay {
  step(at: StepsDone, soFar: EpochLosses, trainer: Trainer): void;
  close(): void;
}

interface StepsDone {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

const noBar: StepDisplay = { step: () => undefined, close: () => undefined };

function progressWith(
  note: (text: string, paint?: (text: string) => string) => void,
  epochDone: (metrics: EpochMetrics) => void,
  display: StepDisplay,
  goesOnIn: string | undefined,
): TrainProgress {
  let folder = goesOnIn;
  let epochsDone = 0;
  let trainer: Trainer | undefined;
  return {
    observer: {
      prepared({ folder: own, backend, dataset, trainer: prepared, done, warning }) {
        folder = own;
        trainer = prepared;
        epochsDone = done.epochs;
        const { train, test, name, files } = dataset;
        const used = prepared.images;
        const images = used === train.count ? `${used}` : `${used} of ${train.count}`;
        const status = ['unverified', 'own'].find((what) =>
          files.some((file) => file.status === what),
        );
        note(
          `${prepared.plan().network} on ${name}${status ? ` (${status} files)` : ''}: ` +
            `${images} training and ${test.count} test images`,
        );
        note(
          `${describeBackend(backend)}: ${backend.device}, ${counted(backend.threads, 'thread')}`,
        );
        if (backend.warning !== undefined) note(backend.warning, chalk.yellow);
        if (warning !== undefined) note(warning, chalk.yellow);
        const goesOn = done.epochs > 0 || done.steps > 0;
        note(goesOn ? `Going on in ${own} after ${doneSoFar(done)}` : `Writing to ${own}`);
      },
      stepDone({ epoch, step, soFar }) {
        if (trainer === undefined) return;
        display.step({ epoch, step, stepsPerEpoch: trainer.stepsPerEpoch }, soFar, trainer);
      },
      epochDone(metrics) {
        display.close();
        epochsDone = metrics.epoch;
        epochDone(metrics);
      },
    },
    leftBehind() {
      if (folder === undefined) return 'nothing was written';
      return trainer === undefined
        ? 'nothing was changed'
        : `${counted(epochsDone, 'epoch')} finished`;
    },
    goesOn() {
      return folder === undefined ? undefined : shell`bbits resume ${folder}`;
    },
    close: () => {
      display.close();
    },
  };
}

function doneSoFar({ epochs, steps }: { epochs: number; steps: number }): string {
  const parts = [];
  if (epochs > 0) parts.push(counted(epochs, 'epoch'));
  if (steps > 0) parts.push(counted(steps, 'step'));
  return parts.join(' and ');
}

function describeBackend({ name, tensorflow, tfjs }: BackendInfo): string {
  return tensorflow === null
    ? `TensorFlow.js ${tfjs}, WebAssembly`
    : `TensorFlow ${tensorflow}, ${name}`;
}

export function epochLine(metrics: EpochMetrics, epochs: number): string {
  const width = String(epochs).length;
  return [
    `Epoch ${String(metrics.epoch).padStart(width)}/${epochs}`,
    `loss ${metrics.loss.toFixed(3)}`,
    `test accuracy ${accuracyText(metrics.testAccuracyPercent)}`,
    `BOPs ${bopsText(metrics.relativeBopsPercent)} (${gbopsText(metrics.gbops)})`,
  ].join('  ');
}

function terminalBar(epochs: number): StepDisplay {
  let bar: SingleBar | undefined;
  let last = 0;
  const timeLeft = estimator(epochs);
  return {
    step(at, soFar, trainer) {
      const left = timeLeft(at);
      // The bar is not drawn more often, and counting bit operations in every step would be lost.
      if (bar !== undefined && performance.now() - last < drawEvery) return;
      last = performance.now();
      if (bar === undefined) {
        const format =
          'Epoch {epoch} {bar} {value}/{total}  loss {loss}  acc {accuracy}  BOPs {bops}  {left} left';
        bar = new SingleBar(
          { format, hideCursor: true, clearOnComplete: true, barsize: 12, linewrap: false },
          Presets.shades_classic,
        );
        bar.start(at.stepsPerEpoch, at.step, payload(at, soFar, trainer, left));
        return;
      }
      bar.update(at.step, payload(at, soFar, trainer, left));
    },
    close() {
      bar?.stop();
      bar = undefined;
    },
  };

  function payload(at: StepsDone, soFar: EpochLosses, trainer: Trainer, left: string) {
    return { epoch: `${at.epoch}/${epochs}`, ...figuresSoFar(soFar, trainer), left };
  }
}

/** Milliseconds between two drawings of the bar. */
const drawEvery = 100;

/** Seconds between two lines where there is no terminal. */
const lineEvery = 30;

function plainLines(epochs: number): StepDisplay {
  let last = performance.now();
  const timeLeft = estimator(epochs);
  return {
    step(at, soFar, trainer) {
      const left = timeLeft(at);
      if (performance.now() - last < 1000 * lineEvery) return;
      last = performance.now();
      const { loss, accuracy, bops } = figuresSoFar(soFar, trainer);
      note(
        `  epoch ${at.epoch}, step ${at.step}/${at.stepsPerEpoch}  loss ${loss}  ` +
          `accuracy ${accuracy}  BOPs ${bops}  ${left} left`,
      );
    },
    close: () => undefined,
  };
}

function figuresSoFar({ loss, accuracyPercent }: EpochLosses, trainer: Trainer) {
  return {
    loss: loss.toFixed(3),
    // Of a mean that still moves.
    accuracy: `${accuracyPercent.toFixed(1)} %`,
    bops: bopsText(trainer.cost().relativeBopsPercent),
  };
}

/** Tells the time that is left, in minutes and seconds, from how long the steps so far took. */
function estimator(epochs: number): (at: StepsDone) => string {
  let start: { time: number; done: number } | undefined;
  return ({ epoch, step, stepsPerEpoch }) => {
    const done = (epoch - 1) * stepsPerEpoch + step;
    // The first step sets the clock.
    start ??= { time: performance.now(), done };
    if (done === start.done) return '--:--';
    const each = (performance.now() - start.time) / 1000 / (done - start.done);
    return clock(each * (epochs * stepsPerEpoch - done));
  };
}
