import type { BackendInfo } from '../../backend/info.js';
import type { Config } from '../../config/config.js';
import type { EpochMetrics } from '../../runs/folder/metrics-file.js';
import type { RunObserver } from '../../runs/train-and-record.js';
import { allEpochs, phaseOf } from '../../setup/epochs.js';
import { isFarAboveBudget } from '../../training/far-above-budget.js';
import type { Trainer } from '../../training/trainer.js';
import { counted } from '../../text/counted.js';
import { epochLine, phaseText } from './epoch-line.js';
import { bopsText } from './figures.js';
import { onStderr } from './paint.js';
import { partsInLines } from './parts.js';
import { note, say } from './say.js';
import { noSteps, stepDisplay, type StepDisplay } from './step-display.js';
import { lineWidth } from './terminal.js';
import { shell } from '../../text/shell.js';

/** Display of a run in progress. */
export interface TrainProgress {
  readonly observer: RunObserver;
  /** Describe what the run leaves behind if it stops now. */
  leftBehind(): string;
  /** The command that resumes the run; undefined if there is nothing to resume. */
  goesOn(): string | undefined;
  /** Remove the live lines. */
  close(): void;
}

/** Display nothing. @param folder of a resumed run */
export function silentObserver(config: Config, folder: string | undefined): TrainProgress {
  const silent = { note: () => undefined, say: () => undefined, steps: noSteps };
  return progressWith(config, silent, folder);
}

/**
 * Print a line for each epoch on stdout; notes and steps on stderr.
 *
 * @param folder of a resumed run
 */
export function trainProgress(config: Config, folder: string | undefined): TrainProgress {
  return progressWith(config, { note, say, steps: stepDisplay(config) }, folder);
}

type Note = (text: string, paint?: (text: string) => string) => void;

function progressWith(
  config: Config,
  { note, say, steps }: { note: Note; say: (text: string) => void; steps: StepDisplay },
  goesOnIn: string | undefined,
): TrainProgress {
  let folder = goesOnIn;
  let epochsDone = 0;
  let trainer: Trainer | undefined;
  const sayPhase = (epoch: number) => {
    const hasPrice = (trainer?.quantizers().length ?? 0) > 0;
    note(phaseText(config, epoch, hasPrice));
  };
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
          `${describeBackend(backend, prepared.compiled.mode)}: ${backend.device}, ${counted(backend.threads, 'thread')}`,
        );
        const { refusedByXla } = prepared.compiled;
        if (refusedByXla !== undefined) {
          note(
            `XLA cannot compile the training steps; they run as a TensorFlow graph instead: ${refusedByXla}`,
            onStderr.yellow,
          );
        }
        if (backend.warning !== undefined) note(backend.warning, onStderr.yellow);
        if (warning !== undefined) note(warning, onStderr.yellow);
        const goesOn = done.epochs > 0 || done.steps > 0;
        note(goesOn ? `Continuing in ${own} after ${doneSoFar(done)}` : `Writing to ${own}`);
        sayPhase(done.epochs + 1);
      },
      stepDone({ epoch, step, soFar }) {
        if (trainer === undefined) return;
        steps.step({ epoch, step, stepsPerEpoch: trainer.stepsPerEpoch }, soFar, trainer);
      },
      epochDone(metrics) {
        steps.close();
        epochsDone = metrics.epoch;
        say(partsInLines(epochLine(metrics, config), lineWidth(process.stdout)).join('\n'));
        const above = farAboveBudget(config, metrics);
        if (above !== undefined) note(above, onStderr.yellow);
        const next = epochsDone + 1;
        const isNewPhase = phaseOf(config, next) !== phaseOf(config, epochsDone);
        if (isNewPhase && next <= allEpochs(config)) sayPhase(next);
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
      steps.close();
    },
  };
}

/** Advice shortly before a budget closes many gates at once; undefined if it will not. */
function farAboveBudget(
  { target, mu, optimizers, training }: Config,
  { epoch, relativeBopsPercent }: EpochMetrics,
): string | undefined {
  if (target === undefined) return undefined;
  const budget = target.relativeBopsPercent;
  if (!isFarAboveBudget(relativeBopsPercent, budget, epoch, training.epochs)) return undefined;
  return (
    `The budget of ${budget} % is about to close many gates at once, which costs accuracy: the network still ` +
    `takes ${bopsText(relativeBopsPercent)}. Increase mu (${mu}), optimizers.gates.learningRate ` +
    `(${optimizers.gates.learningRate}) or training.epochs (${training.epochs}).`
  );
}

function doneSoFar({ epochs, steps }: { epochs: number; steps: number }): string {
  const parts = [];
  if (epochs > 0) parts.push(counted(epochs, 'epoch'));
  if (steps > 0) parts.push(counted(steps, 'step'));
  return parts.join(' and ');
}

function describeBackend(
  { name, tensorflow, tfjs, tf32 }: BackendInfo,
  mode: Trainer['compiled']['mode'],
): string {
  if (tensorflow === null) return `TensorFlow.js ${tfjs}, WebAssembly`;
  const numbers = tf32 === undefined ? [] : [`TF32 ${tf32 ? 'on' : 'off'}`];
  const compiler = mode === 'xla' ? ['XLA'] : [];
  return [`TensorFlow ${tensorflow}`, name, ...numbers, ...compiler].join(', ');
}
