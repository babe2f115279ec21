import chalk from 'chalk';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { JobEnd, JobProgress } from '../../sweep/messages.js';
import type { NamedPoint } from '../../sweep/points.js';
import type { SweepObserver } from '../../sweep/run-sweep.js';
import { escapeControls } from '../../text/escape-controls.js';
import { allEpochs } from '../../setup/epochs.js';
import { clock } from '../../text/clock.js';
import { tradeOffText } from './figures.js';
import { note, say } from './say.js';

/** A line on stdout for each point that ends; on stderr what goes on in between. */
export function sweepProgress(jobs: number): { observer: SweepObserver; close(): void } {
  const display = process.stderr.isTTY ? terminalBars() : plainLines();
  let count = 0;
  let started = 0;
  const numbers = new Map<NamedPoint, number>();
  const timeLeft = estimator(jobs);
  const observer: SweepObserver = {
    started({ finished, missing, others }) {
      count = finished.length + missing.length;
      started = finished.length;
      timeLeft.start(missing);
      note(`${count} points, ${finished.length} of them finished, ${missing.length} to run`);
      if (others.length > 0) {
        note(`No longer in the sweep, left as they are: ${others.join(', ')}`);
      }
    },
    jobStarted(point) {
      started += 1;
      numbers.set(point, started);
      display.started(point, `${started}/${count}`);
    },
    jobProgress(point, done) {
      timeLeft.progress(point, done);
      display.progress(point, done, timeLeft.text());
    },
    jobWarning(point, text) {
      note(`${numbers.get(point) ?? 0}/${count}  ${labelOf(point)}  ${text}`, chalk.yellow);
    },
    jobEnded(point, end, seconds) {
      timeLeft.ended(point);
      display.ended(point);
      say(endLine(`${numbers.get(point) ?? 0}/${count}`, point, end, seconds));
    },
  };
  return {
    observer,
    close: () => {
      display.close();
    },
  };
}

function endLine(number: string, point: NamedPoint, end: JobEnd, seconds: number): string {
  const what = `${number}  ${labelOf(point)}`;
  if (end.status !== 'finished')
    return `${what}  ${end.status}: ${escapeControls(firstLine(end.reason))}`;
  return `${what}  ${tradeOffText(end)}, in ${clock(seconds)}`;
}

function labelOf({ settings }: NamedPoint): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

interface Display {
  started(point: NamedPoint, number: string): void;
  progress(point: NamedPoint, done: JobProgress, left: string): void;
  ended(point: NamedPoint): void;
  close(): void;
}

function terminalBars(): Display {
  const bars = new Map<NamedPoint, SingleBar>();
  const multi = new MultiBar(
    {
      format: '{number}  {label}  {bar} epoch {epoch}  {left} left in all',
      barsize: 12,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
    },
    Presets.shades_classic,
  );
  return {
    started(point, number) {
      const { epochs } = point.config.training;
      const payload = { number, label: labelOf(point), epoch: `0/${epochs}`, left: '--:--' };
      bars.set(point, multi.create(1, 0, payload));
    },
    progress(point, { epoch, step, stepsPerEpoch }, left) {
      const { epochs } = point.config.training;
      const bar = bars.get(point);
      bar?.setTotal(epochs * stepsPerEpoch);
      bar?.update((epoch - 1) * stepsPerEpoch + step, { epoch: `${epoch}/${epochs}`, left });
    },
    ended(point) {
      const bar = bars.get(point);
      if (bar) multi.remove(bar);
      bars.delete(point);
      if (bars.size === 0) multi.update();
    },
    close: () => {
      multi.stop();
    },
  };
}

/** Milliseconds between two lines where there is no terminal. */
const lineEvery = 30_000;

function plainLines(): Display {
  let last = performance.now();
  const running = new Map<NamedPoint, string>();
  return {
    started(point, number) {
      running.set(point, '');
      note(`${number}  ${labelOf(point)}  started`);
    },
    progress(point, { epoch, step, stepsPerEpoch }, left) {
      running.set(
        point,
        `epoch ${epoch}/${allEpochs(point.config)}, step ${step}/${stepsPerEpoch}`,
      );
      if (performance.now() - last < lineEvery) return;
      last = performance.now();
      for (const [each, text] of running) note(`  ${labelOf(each)}  ${text}`);
      note(`  ${left} left in all`);
    },
    ended(point) {
      running.delete(point);
    },
    close: () => undefined,
  };
}

/** The time that is left for all points, from how long their epochs have taken so far. */
function estimator(jobs: number) {
  /** Epochs done of each point that was started; the points that are not over. */
  const done = new Map<NamedPoint, number>();
  let left = new Set<NamedPoint>();
  /** When the first news came: what starts up before that is no measure. */
  let first: { at: number; epochs: number } | undefined;
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  return {
    start(points: readonly NamedPoint[]) {
      left = new Set(points);
    },
    progress(point: NamedPoint, { epoch, step, stepsPerEpoch }: JobProgress) {
      done.set(point, epoch - 1 + step / stepsPerEpoch);
      first ??= { at: performance.now(), epochs: sum(done.values()) };
    },
    ended(point: NamedPoint) {
      left.delete(point);
    },
    text() {
      const epochs = sum(done.values()) - (first?.epochs ?? 0);
      if (first === undefined || epochs <= 0) return '--:--';
      const each = (performance.now() - first.at) / 1000 / epochs;
      const remaining = sum(
        [...left].map((point) => allEpochs(point.config) - (done.get(point) ?? 0)),
      );
      // Fewer run at a time in the end.
      return clock((each * remaining * jobs) / Math.max(1, Math.min(jobs, left.size)));
    },
  };
}
