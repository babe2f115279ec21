import { allEpochs } from '../../setup/epochs.js';
import { epochsDone, type JobProgress } from '../../sweep/job.js';
import type { NamedPoint } from '../../sweep/points.js';
import { bar, clearLive, showLive } from './live-lines.js';
import { note } from './say.js';

/** Display of the progress of running points. */
export interface SweepDisplay {
  /** @param number as in `2/9` */
  started(point: NamedPoint, number: string): void;
  /** @param left remaining time for all points, as text */
  progress(point: NamedPoint, done: JobProgress, left: string): void;
  ended(point: NamedPoint): void;
  close(): void;
}

/** A bar for each running point. */
export function terminalBars(): SweepDisplay {
  const bars = new Map<NamedPoint, string>();
  const draw = (point: NamedPoint, line: string) => {
    bars.set(point, line);
    showLive([...bars.values()]);
  };
  const numbers = new Map<NamedPoint, string>();
  const lineOf = (point: NamedPoint, done: number, epoch: string, left: string) => {
    const name = `${numbers.get(point) ?? ''}  ${labelOf(point)}`;
    return `${name}  ${bar(done / allEpochs(point.config))} epoch ${epoch}  ${left} left in all`;
  };
  return {
    started(point, number) {
      numbers.set(point, number);
      draw(point, lineOf(point, 0, `0/${allEpochs(point.config)}`, '--:--'));
    },
    progress(point, done, left) {
      if (bars.has(point)) draw(point, lineOf(point, epochsDone(done), epochOf(point, done), left));
    },
    ended(point) {
      bars.delete(point);
      showLive([...bars.values()]);
    },
    close: clearLive,
  };
}

/** Milliseconds between lines without a terminal. */
const lineEvery = 30_000;

/** A line for each running point, every 30 seconds. */
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

/** A point's current epoch and the number of epochs in all phases: `2/5`. */
function epochOf({ config }: NamedPoint, { epoch }: JobProgress): string {
  return `${epoch}/${allEpochs(config)}`;
}

/** The settings that distinguish a point, as text. */
export function labelOf({ settings }: NamedPoint): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
