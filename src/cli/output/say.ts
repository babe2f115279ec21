import { escapeControls } from '../../text/escape-controls.js';
import { aboveLive } from './live-lines.js';

/** A line of the command's result, on stdout. */
export function say(text: string): void {
  aboveLive(() => process.stdout.write(`${text}\n`));
}

/**
 * A line about the work, on stderr, where results are not.
 *
 * @param text may have names from files in it
 */
export function note(text: string, paint = (painted: string) => painted): void {
  const lines = text.split('\n').map(escapeControls);
  aboveLive(() => process.stderr.write(`${paint(lines.join('\n'))}\n`));
}

let isNews = false;

/** From here on what is printed is only news of the work, which goes on when nobody reads it. */
export function printingIsNews(): void {
  isNews = true;
}

/**
 * Output that cannot be written is no reason to give up work that takes hours: a reader that has seen
 * enough (`bbits ... | head`) closes the pipe, a terminal goes, the disk with the log is full. Where
 * output is all that a command is for, it ends: as done if nobody reads on, else as failed.
 */
export function tolerateFailingOutput(): void {
  const complained = new Set<string>();
  const streams = { 'standard output': process.stdout, 'standard error': process.stderr };
  for (const [name, stream] of Object.entries(streams)) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone.
      const isUnread = code === 'EPIPE' || code === 'EIO';
      if (!isUnread && name === 'standard output' && !complained.has(name)) {
        const then = isNews ? ' The work goes on.' : '';
        note(`${name}: cannot be written (${message}).${then}`);
      }
      complained.add(name);
      if (!isNews) process.exit(isUnread ? undefined : 1);
    });
  }
}
