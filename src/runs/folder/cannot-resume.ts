import { UserError } from '../../errors.js';

/** A run that could not go on as the same run. */
export class CannotResumeError extends UserError {
  override readonly name = 'CannotResumeError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, 1, options);
  }
}
