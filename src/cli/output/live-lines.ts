import progress from 'cli-progress';
import { escapeControls } from '../../text/escape-controls.js';
import { cut } from '../../text/cut.js';

/*
 * Lines at the end of what a terminal shows that change while work goes on. There is one such place for
 * all that is printed, on stderr.
 */

/** For the ^C that a terminal shows where it is pressed. */
const roomForEcho = 3;

const options: progress.Options = {
  format: (_, { maxWidth }, { line }: { line: string }) =>
    cut(escapeControls(line), Math.max(1, maxWidth - roomForEcho)),
  clearOnComplete: true,
  // Signals are ours: the lines stay until what they tell of has ended.
  gracefulExit: false,
  // Neither wrapping nor the cursor is switched off: nothing is to be put back however the process ends.
  linewrap: true,
  hideCursor: false,
};

let lines: readonly string[] = [];
let drawn: { bars: progress.MultiBar; each: progress.SingleBar[] } | undefined;

/** Replaces the lines, at once or soon. */
export function showLive(next: readonly string[]): void {
  // What has scrolled away cannot be drawn over.
  lines = next.slice(0, Math.max(1, (process.stderr.rows || 24) - 1));
  if (lines.length === drawn?.each.length) {
    drawn.each.forEach((bar, index) => {
      bar.update({ line: lines[index] });
    });
  } else {
    erase();
    draw();
  }
}

export function clearLive(): void {
  showLive([]);
}

/** Prints what stays, above them. */
export function aboveLive(print: () => void): void {
  erase();
  print();
  draw();
}

function draw(): void {
  if (lines.length === 0) return;
  const bars = new progress.MultiBar(options);
  drawn = { bars, each: lines.map((line) => bars.create(1, 0, { line })) };
  bars.update();
}

function erase(): void {
  drawn?.bars.stop();
  drawn = undefined;
}

/** A part of a whole as a bar of twelve characters. */
export function bar(share: number): string {
  const full = Math.round(12 * Math.min(1, Math.max(0, share)));
  return '█'.repeat(full) + '░'.repeat(12 - full);
}
