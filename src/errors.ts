/**
 * An error that the user can resolve, printed as its message without a stack trace. Any other error that
 * reaches the command line is a bug and is printed with its stack trace.
 *
 * The message names the file or key, what was found, what was expected and what to do.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  /** @param exitCode 1: the work failed; 2: bad usage or config */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Training produced numbers that are not finite. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';
}
