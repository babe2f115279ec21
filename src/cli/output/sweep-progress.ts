import type { JobEnd } from '../../sweep/job.js';
import type { NamedPoint } from '../../sweep/points.js';
import type { SweepObserver } from '../../sweep/run-sweep.js';
import type { SweepState } from '../../sweep/state.js';
import { clock } from '../../text/clock.js';
import { escapeControls } from '../../text/escape-controls.js';
import { tradeOffText } from './figures.js';
import { onStderr } from './paint.js';
import { partsInLines } from './parts.js';
import { note, say } from './say.js';
import { labelOf, plainLines, terminalBars } from './sweep-display.js';
import { canDrawOver, lineWidth } from './terminal.js';
import { estimateTimeLeft } from './time-left.js';

/**
 * Print a line on stdout for each point that ends, and progress on stderr.
 *
 * @param jobs number of jobs that run at the same time
 */
export function sweepProgress(jobs: number): { observer: SweepObserver; close(): void } {
  const display = canDrawOver(process.stderr) ? terminalBars() : plainLines();
  let count = 0;
  let started = 0;
  const numbers = new Map<NamedPoint, number>();
  const timeLeft = estimateTimeLeft(jobs);
  const observer: SweepObserver = {
    started(state) {
      const { finished, missing, others } = state;
      count = finished.length + missing.length;
      started = finished.length;
      timeLeft.start(missing);
      note(`${count} points, ${finished.length} of them finished, ${missing.length} to run`);
      noteAbsent(state);
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
      note(`${numbers.get(point) ?? 0}/${count}  ${labelOf(point)}  ${text}`, onStderr.yellow);
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

/** Note why data or parents of points could not be compared with those of existing runs. */
export function noteAbsent({ absent }: Pick<SweepState, 'absent'>): void {
  const [first, ...more] = absent;
  if (first === undefined) return;
  const which = more.length > 0 ? ` (first of ${absent.length} reasons)` : '';
  note(
    `Runs are identified by their settings alone, because${which}: ${escapeControls(first)}`,
    onStderr.yellow,
  );
}

function endLine(number: string, point: NamedPoint, end: JobEnd, seconds: number): string {
  const how =
    end.status === 'finished'
      ? `${tradeOffText(end)}, in ${clock(seconds)}`
      : `${end.status}: ${escapeControls(firstLine(end.reason))}`;
  return partsInLines([number, labelOf(point), how], lineWidth(process.stdout)).join('\n');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
