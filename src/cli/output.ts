/** A line of the command's result, on stdout. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

let isNews = false;

/** From here on what is printed is only news of the work, which goes on when nobody reads it. */
export function printingIsNews(): void {
  isNews = true;
}

/**
 * A reader that has seen enough (`bbits ... | head`) closes the pipe: no error of ours. Where output
 * is all that a command is for, it ends.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      if (!isNews) process.exit();
    });
  }
}
