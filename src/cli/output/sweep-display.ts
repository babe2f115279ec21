import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { allEpochs } from '../../setup/epochs.js';
import { epochsDone, type JobProgress } from '../../sweep/job.js';
import type { NamedPoint } from '../../sweep/points.js';
import { note } from './say.js';

/** Where it is shown how far the points are that run. */
export interface SweepDisplay {
  /** @param number as in `2/9` */
  started(point: NamedPoint, number: string): void;
  /** @param left time for all points, in words */
  progress(point: NamedPoint, done: JobProgress, left: string): void;
  ended(point: NamedPoint): void;
  close(): void;
}

/** A bar for each. */
export function terminalBars(): SweepDisplay {
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
      const epochs = allEpochs(point.config);
      const payload = { number, label: labelOf(point), epoch: `0/${epochs}`, left: '--:--' };
      bars.set(point, multi.create(epochs, 0, payload));
    },
    progress(point, done, left) {
      bars.get(point)?.update(epochsDone(done), { epoch: epochOf(point, done), left });
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

/** Milliseconds between two times that lines are written where there is no terminal. */
const lineEvery = 30_000;

/** A line for each, now and then. */
export function plainLines(): SweepDisplay {
  let last = performance.now();
  const running = new Map<NamedPoint, string>();
  return {
    started(point, number) {
      running.set(point, '');
      note(`${number}  ${labelOf(point)}  started`);
    },
    progress(point, done, left) {
      const { step, stepsPerEpoch } = done;
      running.set(point, `epoch ${epochOf(point, done)}, step ${step}/${stepsPerEpoch}`);
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

/** The epoch that a point is in, of those of all its phases: `2/5`. */
function epochOf({ config }: NamedPoint, { epoch }: JobProgress): string {
  return `${epoch}/${allEpochs(config)}`;
}

/** What sets a point apart, in words. */
export function labelOf({ settings }: NamedPoint): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
