import { DivergedError, UserError } from '../errors.js';
import type { JobEnd } from './job.js';

/** The end of a job whose run has finished. */
export function endWith(result: {
  readonly testAccuracyPercent: number;
  readonly relativeBopsPercent: number;
}): JobEnd {
  const { testAccuracyPercent, relativeBopsPercent } = result;
  return { status: 'finished', testAccuracyPercent, relativeBopsPercent };
}

/** The end of a job that an error stopped. */
export function endBy(error: unknown, signal: AbortSignal): JobEnd {
  if (signal.aborted && !(error instanceof UserError)) {
    return { status: 'interrupted', reason: messageOf(signal.reason) };
  }
  const status = error instanceof DivergedError ? 'diverged' : 'failed';
  return { status, reason: reasonOf(error) };
}

/** The message of a `UserError`; the stack trace of a bug. */
function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
