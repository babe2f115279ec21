import { Option } from 'commander';

export type LogLevel = 'error' | 'info' | 'debug';

/** Options for the verbosity of commands that train. */
export interface LogOptions {
  readonly quiet?: true;
  readonly logLevel: LogLevel;
}

export function quietOption(): Option {
  return new Option('--quiet', 'print errors only; the same as --log-level error');
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'debug adds TensorFlow’s own log')
    .choices(['error', 'info', 'debug'])
    .default('info');
}

export function logLevelOf({ quiet, logLevel }: LogOptions): LogLevel {
  return quiet ? 'error' : logLevel;
}
