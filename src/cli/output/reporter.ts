import type { Reporter } from '../../backend/install/reporter.js';
import { bar, clearLive, showLive } from './live-lines.js';
import { note } from './say.js';
import { canDrawOver } from './terminal.js';

/**
 * Show stages and progress on stderr: as a bar on a terminal; otherwise as a line for each stage, and one for
 * every tenth of its progress or every ten seconds.
 */
export function makeReporter(): { reporter: Reporter; close: () => void } {
  if (!canDrawOver(process.stderr)) {
    return { reporter: lineReporter(note), close: () => undefined };
  }
  const reporter: Reporter = {
    stage(message) {
      clearLive();
      note(message);
    },
    progress(fraction, detail) {
      if (fraction >= 1) clearLive();
      else showLive([`  ${bar(fraction)} ${Math.floor(fraction * 100)} %  ${detail}`]);
    },
  };
  return { reporter, close: clearLive };
}

/** Exported for tests. */
export function lineReporter(
  write: (text: string) => void,
  now = () => performance.now(),
): Reporter {
  let tenth = 0;
  let last = now();
  return {
    stage(message) {
      write(message);
      tenth = 0;
      last = now();
    },
    progress(fraction, detail) {
      const reached = Math.floor(fraction * 10);
      if (reached <= tenth && now() - last < 10_000) return;
      tenth = reached;
      last = now();
      write(`  ${String(Math.floor(fraction * 100)).padStart(3)} %  ${detail}`);
    },
  };
}
