import { escapeControls } from '../../text/escape-controls.js';
import { cut } from '../../text/cut.js';
import { lineWidth } from './terminal.js';

/*
 * Lines at the end of what a terminal shows that change while work goes on. There is one such place for
 * all that is printed, on stderr. The cursor stays visible at its end, so that nothing needs to be put
 * back however the process ends.
 */

/** Milliseconds between two drawings. */
const drawEvery = 100;
/** For the ^C that a terminal shows where it is pressed. */
const roomForEcho = 3;

let lines: readonly string[] = [];
let drawnCount = 0;
let drawnAt = -Infinity;
let timer: NodeJS.Timeout | undefined;

/** Replaces the lines, at once or soon. */
export function showLive(next: readonly string[]): void {
  lines = next;
  if (lines.length !== drawnCount) draw();
  else timer ??= setTimeout(draw, drawnAt + drawEvery - performance.now()).unref();
}

export function clearLive(): void {
  showLive([]);
}

/** Prints what stays, above them. */
export function aboveLive(print: () => void): void {
  if (drawnCount > 0) process.stderr.write(erased());
  drawnCount = 0;
  print();
  if (lines.length > 0) draw();
}

function draw(): void {
  clearTimeout(timer);
  timer = undefined;
  const width = Math.max(1, lineWidth(process.stderr) - roomForEcho);
  // What has scrolled away cannot be drawn over.
  const shown = lines.slice(0, Math.max(1, (process.stderr.rows || 24) - 1));
  const text = shown.map((line) => cut(escapeControls(line), width)).join('\n');
  process.stderr.write(erased() + text);
  drawnCount = shown.length;
  drawnAt = performance.now();
}

/** What takes the drawn lines away and leaves the cursor where they began. */
function erased(): string {
  if (drawnCount === 0) return '';
  const up = drawnCount > 1 ? `\u001b[${drawnCount - 1}A` : '';
  return `\r${up}\u001b[J`;
}

/** A part of a whole as a bar of twelve characters. */
export function bar(share: number): string {
  const full = Math.round(12 * Math.min(1, Math.max(0, share)));
  return '█'.repeat(full) + '░'.repeat(12 - full);
}
