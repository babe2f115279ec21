/** Why work was given up; it carries the exit code that shells expect after the signal. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly exitCode: number) {
    super('Interrupted');
  }
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs work that a signal can end: it is asked to stop, cleans up, and the exit code tells. A second
 * signal ends the process at once.
 *
 * @param left what is there afterwards, in words
 */
export async function untilInterrupted(
  left: () => string,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    for (const each of Object.keys(exitCodes)) process.off(each, stop);
    controller.abort(new Interrupted(exitCodes[name as keyof typeof exitCodes]));
  };
  for (const each of Object.keys(exitCodes)) process.on(each, stop);
  try {
    await work(controller.signal);
  } catch (error) {
    const reason: unknown = controller.signal.reason;
    if (!(reason instanceof Interrupted)) throw error;
    process.stderr.write(`Interrupted; ${left()}.\n`);
    process.exitCode = reason.exitCode;
  } finally {
    for (const each of Object.keys(exitCodes)) process.off(each, stop);
  }
}
