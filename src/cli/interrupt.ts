import { constants } from 'node:os';
import { UserError } from '../errors.js';
import { stopSignals } from './stop-signals.js';
import { clearLive } from './output/live-lines.js';
import { note } from './output/say.js';

/** The reason for aborting work after a signal, with the exit code that shells expect. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;
  constructor(readonly by: NodeJS.Signals) {
    super('Interrupted');
    this.exitCode = 128 + constants.signals[by];
  }
}

/** The signal that aborted the work; undefined if none did. */
export function endedBy({ reason }: AbortSignal): NodeJS.Signals | undefined {
  return reason instanceof Interrupted ? reason.by : undefined;
}

/**
 * Run work that a signal can stop: the work is aborted and cleans up, and the exit code names the signal. The
 * same signal a second time ends the process at once. A different one does not: after SIGUSR1, a cluster
 * sends SIGTERM at the time limit to a process that may still be saving.
 *
 * @param left describes what an interruption leaves behind
 * @param goesOn the command that resumes the work, if there is one
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
    // An error of the work itself (its files cannot be written) must not be lost.
    if (!(reason instanceof Interrupted) || error instanceof UserError) throw error;
    const command = goesOn();
    note(`Interrupted; ${left()}.${command === undefined ? '' : ` To continue: ${command}`}`);
    process.exitCode = reason.exitCode;
  } finally {
    for (const each of stopSignals) process.off(each, stop);
  }
}
