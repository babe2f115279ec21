import { escapeControls } from '../../text/escape-controls.js';
import { aboveLive } from './live-lines.js';

/** Print a line of the command's result on stdout. */
export function say(text: string): void {
  aboveLive(() => process.stdout.write(`${text}\n`));
}

/**
 * Print a line about the work on stderr, separate from results.
 *
 * @param text may contain names from files
 */
export function note(text: string, paint = (painted: string) => painted): void {
  const lines = text.split('\n').map(escapeControls);
  aboveLive(() => process.stderr.write(`${paint(lines.join('\n'))}\n`));
}

let isNews = false;

/** Treat all further output as progress reports: the work continues if they cannot be written. */
export function printingIsNews(): void {
  isNews = true;
}

/**
 * Keep working when output cannot be written, since work may take hours: a reader that has seen enough
 * (`bbits ... | head`) closes the pipe, a terminal disappears, the disk with the log is full. A command whose
 * only purpose is its output ends: successfully if the reader is gone, otherwise as failed.
 */
export function tolerateFailingOutput(): void {
  const complained = new Set<string>();
  const streams = { 'standard output': process.stdout, 'standard error': process.stderr };
  for (const [name, stream] of Object.entries(streams)) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone.
      const isUnread = code === 'EPIPE' || code === 'EIO';
      if (!isUnread && name === 'standard output' && !complained.has(name)) {
        const then = isNews ? ' The work continues.' : '';
        note(`${name}: cannot be written to (${message}).${then}`);
      }
      complained.add(name);
      if (!isNews) process.exit(isUnread ? undefined : 1);
    });
  }
}
