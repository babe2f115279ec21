import progress from 'cli-progress';
import { escapeControls } from '../../text/escape-controls.js';
import { cut } from '../../text/cut.js';

/*
 * Lines at the bottom of a terminal that change while work continues. The process has one set of them, on
 * stderr; all output goes above it.
 */

/** Columns left free for the ^C that a terminal echoes. */
const roomForEcho = 3;

const options: progress.Options = {
  format: (_, { maxWidth }, { line }: { line: string }) =>
    cut(escapeControls(line), Math.max(1, maxWidth - roomForEcho)),
  clearOnComplete: true,
  // We handle signals ourselves: the lines stay until the work that they show has ended.
  gracefulExit: false,
  // Line wrapping and the cursor stay on, so that nothing must be restored however the process ends.
  linewrap: true,
  hideCursor: false,
};

let lines: readonly string[] = [];
let drawn: { bars: progress.MultiBar; each: progress.SingleBar[] } | undefined;

/** Replace the lines; new text in the same number of lines may be drawn a little later. */
export function showLive(next: readonly string[]): void {
  // Lines that have scrolled away cannot be redrawn.
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

/** Print permanent output above the live lines. */
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

/** A fraction from 0 to 1 as a bar of twelve characters. */
export function bar(share: number): string {
  const full = Math.round(12 * Math.min(1, Math.max(0, share)));
  return '█'.repeat(full) + '░'.repeat(12 - full);
}
