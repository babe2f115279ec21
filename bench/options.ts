import { parseArgs } from 'node:util';
import { UserError } from '../src/errors.js';
import { findSuite, suites, type Suite } from './suites.js';

const networks = Object.keys(suites).join(' | ');
const usage = `usage: npm run bench -- [${networks}] [ROUNDS] [--json] [--threads N] [--width W] [--batch N]
       npm run bench -- profile ${networks} [SETTING] [--json] [--threads N] [--width W] [--batch N] [--trace FILE]
       npm run bench -- start [ROUNDS]

Without "profile": milliseconds of the training step in all settings, and their ratios; default lenet5, 30 rounds.
With it: where the step of one setting spends its time; default: the first one with gates.
"start": time from the command to the first step, and the part of an epoch outside training steps; default 3 rounds.
Threads: 2 unless given. Batch size: 128 unless given, or 32 for VGG-7 wider than 0.5.
Settings (the beginning of a name is enough):
${Object.entries(suites)
  .map(([name, { settings }]) => `  ${name}: ${Object.keys(settings).join('; ')}`)
  .join('\n')}`;

export interface BenchOptions {
  readonly suiteName: string;
  readonly suite: Suite;
  readonly threads: number;
  readonly json: boolean;
  /** Number of rounds of a comparison. */
  readonly rounds: number;
  /** The setting to profile; undefined: compare all. */
  readonly profiled: string | undefined;
  /** Path of a profile's trace; undefined: in the temporary folder. */
  readonly trace: string | undefined;
}

/** @throws UserError for invalid arguments */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  const isProfile = positionals[0] === 'profile';
  const [suiteName = isProfile ? '' : 'lenet5', last, ...more] = isProfile
    ? positionals.slice(1)
    : positionals;
  if (more.length > 0) throw refused(`unexpected ${more.map((text) => `"${text}"`).join(', ')}`);
  if (!isProfile && values.trace !== undefined) throw refused('--trace is only for "profile"');
  const width = positive('--width', values.width) ?? 1;
  const suite = findSuite(suiteName, width, whole('--batch', values.batch));
  if (!suite) throw refused(`"${suiteName}" is not a network; expected ${networks}`);
  return {
    suiteName,
    suite,
    threads: whole('--threads', values.threads) ?? 2,
    json: values.json,
    rounds: isProfile ? 0 : (whole('ROUNDS', last) ?? 30),
    profiled: isProfile ? settingOf(suite, last) : undefined,
    trace: values.trace,
  };
}

/** Rounds of `npm run bench -- start`. @throws UserError for invalid arguments */
export function roundsOf([rounds = '3', ...more]: readonly string[]): number {
  if (more.length > 0) throw refused(`unexpected ${more.map((text) => `"${text}"`).join(', ')}`);
  return whole('ROUNDS', rounds) ?? NaN;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        threads: text,
        width: text,
        batch: text,
        trace: text,
      },
    });
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause));
  }
}

function settingOf({ settings }: Suite, wanted: string | undefined): string {
  const names = Object.keys(settings);
  const name =
    wanted === undefined
      ? names.find((name) => settings[name]?.phi)
      : (names.find((name) => name === wanted) ?? names.find((name) => name.startsWith(wanted)));
  if (name !== undefined && settings[name]?.mode === 'graph') return name;
  throw refused(`"${wanted}" is not a setting that runs as a graph`);
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw refused(`${name} is "${text}"; expected a positive number`);
}

function whole(name: string, text: string | undefined): number | undefined {
  const value = positive(name, text);
  if (value === undefined || Number.isInteger(value)) return value;
  throw refused(`${name} is "${text}"; expected a whole number`);
}

function refused(reason: string): UserError {
  return new UserError(`${reason}\n${usage}`, 2);
}
