import { Command, CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { packageVersion } from '../version.js';
import { backendCommand } from './backend.js';
import { dataCommand } from './data.js';
import { evaluateCommand } from './evaluate.js';
import { exportCommand } from './export.js';
import { inspectCommand } from './inspect.js';
import { fitHelp } from './output/help-layout.js';
import { note, say, tolerateFailingOutput } from './output/say.js';
import { textWidth } from './output/terminal.js';
import { reportCommand } from './report.js';
import { resumeCommand } from './resume.js';
import { runsCommand } from './runs.js';
import { schemaCommand } from './schema.js';
import { sensitivityCommand } from './sensitivity.js';
import { sweepPointCommand } from './sweep-point.js';
import { sweepCommand } from './sweep.js';
import { trainCommand } from './train.js';

/**
 * Run a command line. Exit codes: 0 done, 1 failed, 2 bad usage or config, 128 + n after signal n.
 * Commands import the code that does their work when they run, so that `--help` is fast.
 *
 * @param argv as `process.argv`
 */
export async function main(argv: readonly string[]): Promise<void> {
  performance.mark('bbits: program loaded');
  tolerateFailingOutput();
  try {
    if (asksVersionReport(argv)) {
      const { versionReport } = await import('./output/version-report.js');
      say(JSON.stringify(await versionReport(), null, 2));
      return;
    }
    await program().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/**
 * Whether the arguments are `--version --json`. An option --json of the whole program would capture the
 * commands' own.
 */
function asksVersionReport(argv: readonly string[]): boolean {
  const options = argv.slice(2);
  return (
    options.length === 2 &&
    options.includes('--json') &&
    options.some((option) => option === '--version' || option === '-V')
  );
}

/** All commands with their options. */
export function program(): Command {
  const bbits = new Command('bbits')
    .description(
      'Train neural networks that learn their own bit widths, and which channels to drop, with ' +
        'Bayesian Bits (van Baalen et al., NeurIPS 2020).',
    )
    .version(
      packageVersion(),
      '-V, --version',
      'print the version; with --json, also how bbits was installed, and its backend',
    )
    .addCommand(trainCommand())
    .addCommand(resumeCommand())
    .addCommand(sweepCommand())
    .addCommand(sweepPointCommand(), { hidden: true })
    .addCommand(reportCommand())
    .addCommand(evaluateCommand())
    .addCommand(sensitivityCommand())
    .addCommand(runsCommand())
    .addCommand(exportCommand())
    .addCommand(inspectCommand())
    .addCommand(backendCommand())
    .addCommand(dataCommand())
    .addCommand(schemaCommand())
    .addHelpText(
      'after',
      `
Examples:
  bbits backend install                  Install native TensorFlow, once
  bbits train configs/quickstart.yaml    Train LeNet-5 on MNIST, in a minute
  bbits train --help                     Show the options of a command`,
    );
  return forAll(bbits, (command) => {
    command
      .exitOverride()
      .showHelpAfterError('(--help shows the options, with examples)')
      .configureHelp({ helpWidth: Infinity })
      .configureOutput({
        writeOut: (text) => process.stdout.write(fitHelp(text, textWidth(process.stdout))),
        writeErr: (text) => process.stderr.write(fitHelp(text, textWidth(process.stderr))),
        outputError: (text) => process.stderr.write(text),
      });
  });
}

function forAll(command: Command, apply: (command: Command) => void): Command {
  apply(command);
  for (const sub of command.commands) forAll(sub, apply);
  return command;
}

/** Print what went wrong and return the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    note(error.message);
    return error.exitCode;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  note(`This is a bug in bbits; please report it with these lines:\n${stack ?? ''}`);
  return 1;
}
