import { UserError } from '../errors.js';
import type { SweepOutcome } from '../sweep/run-sweep.js';
import { shell } from '../text/shell.js';
import { note, say } from './output/say.js';

/**
 * Print how a sweep ended.
 *
 * @param isPrinted whether stdout is reserved for printed commands
 * @throws UserError (exit code 1) if any point has failed
 */
export function summarize(
  { state, ended, left, goingOn }: SweepOutcome,
  folder: string,
  isPrinted: boolean,
): void {
  const tell = isPrinted ? note : say;
  const failed = ended.filter(({ end }) => end.status !== 'finished');
  const finished = state.finished.length + ended.length - failed.length;
  const all = state.finished.length + state.missing.length;
  tell('');
  tell(`${finished} of ${all} points finished, in ${folder}`);
  if (left.length > 0) tell(`${left.length} not started after the first failure (--fail-fast)`);
  if (goingOn.length > 0 && !isPrinted) {
    tell(`${goingOn.length} launched, which continue without this command`);
  }
  if (failed.length === 0) {
    if (finished > 0) tell(shell`The trade-off: bbits report ${folder}`);
    return;
  }
  const lines = failed.map(({ point, end }) => {
    const reason = end.status === 'finished' ? '' : end.reason;
    return `${point.name}: ${end.status}: ${reason}`;
  });
  throw new UserError(
    `${failed.length} ${failed.length === 1 ? 'point has' : 'points have'} failed:\n${lines.join('\n')}`,
  );
}
