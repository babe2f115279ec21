import { constants } from 'node:os';
import { UserError } from '../errors.js';
import { stopSignals } from './stop-signals.js';
import { clearLive } from './output/live-lines.js';
import { note } from './output/say.js';

/** Why work was given up; it carries the exit code that shells expect after the signal. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly exitCode: number) {
    super('Interrupted');
  }
}

/**
 * Runs work that a signal can end: it is asked to stop, cleans up, and the exit code tells. A second
 * signal ends the process at once.
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
  const stop = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    if (controller.signal.aborted) {
      clearLive();
      process.exit(code);
    }
    controller.abort(new Interrupted(code));
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
