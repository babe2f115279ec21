import { Chalk, supportsColor, supportsColorStderr, type ColorInfo } from 'chalk';

// Each stream for itself: one may be a file. Chalk does not know NO_COLOR (no-color.org).
const levelOf = (color: ColorInfo) =>
  color === false || process.env['NO_COLOR'] ? 0 : color.level;

export const onStdout = new Chalk({ level: levelOf(supportsColor) });
export const onStderr = new Chalk({ level: levelOf(supportsColorStderr) });
