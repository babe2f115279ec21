import { spawn } from 'node:child_process';
import { bin } from './run-bbits.js';
import { whenDone } from './when-done.js';

/** Whether programs can run in a terminal here, by util-linux's `script`. */
export const hasTerminals = process.platform === 'linux';

export interface InTerminal {
  /** Resolve once the output so far passes the check. */
  shows(isThere: (written: string) => boolean): Promise<void>;
  /** Press keys. */
  type(keys: string): void;
  /** Resolves at its end, with its complete output including escape sequences. */
  readonly ended: Promise<{ readonly code: number | null; readonly written: string }>;
}

/** Start the real program in a terminal of its own; it is killed if it outlives the test. */
export function startInTerminal(
  args: readonly string[],
  { columns = 80, env = {} }: { columns?: number; env?: NodeJS.ProcessEnv } = {},
): InTerminal {
  const command = ['exec', process.execPath, bin, ...args].map(quoted).join(' ');
  const inside = `stty cols ${columns} rows 24; ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', inside, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: undefined, SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  whenDone(() => child.kill('SIGKILL'));
  let written = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<{ code: number | null; written: string }>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      resolve({ code, written });
    });
  });
  const shows = (isThere: (written: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (isThere(written)) resolve();
      };
      listeners.add(look);
      look();
      ended.then(() => {
        reject(new Error(`It ended with: ${written}`));
      }, reject);
    });
  return { shows, type: (keys) => child.stdin.write(keys), ended };
}

/** Pieces of output: lines up, other movements and erasures, colors, characters. */
// eslint-disable-next-line no-control-regex -- it parses escape sequences
const pieces = /\u001b\[(\d+)A|\u001b\[(?:1G|0K|0J)|\u001b\[[\d;]*m|[^]/g;

/**
 * The lines that a terminal shows after this output, including those scrolled away. It knows the escape
 * sequences that bbits writes: lines up, start of the line, erase to the end of the line or the screen.
 */
export function screenOf(written: string, columns: number): string[] {
  const lines = [''];
  let [row, column] = [0, 0];
  const newLine = () => {
    row += 1;
    lines[row] ??= '';
  };
  for (const [part, up] of written.matchAll(pieces)) {
    if (up !== undefined) row = Math.max(0, row - Number(up));
    else if (part === '\u001b[0K' || part === '\u001b[0J') {
      lines[row] = lines[row]?.slice(0, column) ?? '';
      if (part === '\u001b[0J') lines.length = row + 1;
    } else if (part === '\r' || part === '\u001b[1G') column = 0;
    else if (part === '\n') newLine();
    else if (part.length === 1) {
      if (column === columns) {
        newLine();
        column = 0;
      }
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + part + line.slice(column + 1);
      column += 1;
    }
  }
  return lines;
}

function quoted(word: string): string {
  return word === 'exec' ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
