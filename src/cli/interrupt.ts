import { constants } from 'node:os';
import { UserError } from '../errors.js';
import { stopSignals } from './stop-signals.js';
import { clearLive } from './output/live-lines.js';
import { note } from './output/say.js';

/** Why work was given up; it carries the exit code that shells expect after the signal. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;
  constructor(readonly by: NodeJS.Signals) {
    super('Interrupted');
    this.exitCode = 128 + constants.signals[by];
  }
}

/** The system's signal that has aborted work; undefined: none has. */
export function endedBy({ reason }: AbortSignal): NodeJS.Signals | undefined {
  return reason instanceof Interrupted ? reason.by : undefined;
}

/**
 * Runs work that a signal can end: it is asked to stop, cleans up, and the exit code tells. The
 * same signal a second time ends the process at once. Another one does not: a cluster sends SIGTERM, at the end of
 * its patience, to what still saves after SIGUSR1.
 *
 * @param left what is there afterwards, in words
 * @param goesOn the command that goes on from there, where there is one
 */
export async function untilInterrupted(
  left: () => string,
  work: (signal: AbortSignal) => Promise<void>,
  goesOn: () => string | undefined = () => undefined,
): Promise<void> {
  const controller = new AbortController();
  const heard = new Set<NodeJS.Signals>();
  const stop = (name: NodeJS.Signals) => {
    if (heard.has(name)) {
      clearLive();
      process.exit(128 + constants.signals[name]);
    }
    heard.add(name);
    controller.abort(new Interrupted(name));
  };
  for (const each of stopSignals) process.on(each, stop);
  try {
    await work(controller.signal);
  } catch (error) {
    const reason: unknown = controller.signal.reason;
    // What the work says of itself (its files cannot be written) is not to be lost.
    if (!(reason instanceof Interrupted) || error instanceof UserError) throw error;
    const command = goesOn();
    note(`Interrupted; ${left()}.${command === undefined ? '' : ` To go on: ${command}`}`);
    process.exitCode = reason.exitCode;
  } finally {
    for (const each of stopSignals) process.off(each, stop);
  }
}
