import { UserError } from '../../errors.js';

/** The run cannot be continued as the same run. */
export class CannotResumeError extends UserError {
  override readonly name = 'CannotResumeError';
  constructor(message: string, options?: ErrorOptions) {
    super(message, 1, options);
  }
}
