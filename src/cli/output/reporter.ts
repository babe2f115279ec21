import type { Reporter } from '../../backend/install/reporter.js';
import { note } from './say.js';

/**
 * Stages and progress on stderr: a bar on a terminal; elsewhere a line for each stage, and one for
 * every tenth of it or every ten seconds.
 */
export async function makeReporter(): Promise<{ reporter: Reporter; close: () => void }> {
  if (!process.stderr.isTTY) return { reporter: lineReporter(note), close: () => undefined };
  const { SingleBar, Presets } = (await import('cli-progress')).default;
  let bar: InstanceType<typeof SingleBar> | undefined;
  const close = () => {
    bar?.stop();
    bar = undefined;
  };
  const reporter: Reporter = {
    stage(message) {
      close();
      note(message);
    },
    progress(fraction, detail) {
      if (bar === undefined) {
        const format = '  {bar} {percentage} %  {detail}';
        bar = new SingleBar({ format, hideCursor: true }, Presets.shades_classic);
        bar.start(100, 0, { detail });
      }
      bar.update(Math.floor(fraction * 100), { detail });
      if (fraction >= 1) close();
    },
  };
  return { reporter, close };
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
