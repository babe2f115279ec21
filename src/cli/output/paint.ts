import { Chalk, supportsColor, supportsColorStderr, type ColorInfo } from 'chalk';

// A color level for each stream, since either may be a file. Chalk does not support NO_COLOR (no-color.org).
const levelOf = (color: ColorInfo) =>
  color === false || process.env['NO_COLOR'] ? 0 : color.level;

export const onStdout = new Chalk({ level: levelOf(supportsColor) });
export const onStderr = new Chalk({ level: levelOf(supportsColorStderr) });
