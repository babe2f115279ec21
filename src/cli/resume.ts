import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { followRun } from './follow-run.js';
import { logLevelOf, logLevelOption, quietOption, type LogOptions } from './log-options.js';
import { say } from './output/say.js';
import { shell } from '../text/shell.js';

interface ResumeCliOptions extends LogOptions {
  readonly extend?: number;
  readonly sameMachine?: true;
}

/** `bbits resume`: continue a stopped run, or extend a finished one. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('Continue a run that was interrupted or has failed')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'where its data, parent run or teacher is now (see below)')
    .option('--extend <epochs>', 'train a finished run for this many more epochs', positive)
    .option('--same-machine', 'refuse another CPU or GPU, on which the last bits would differ')
    .addOption(quietOption())
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
The run continues from its newest checkpoint, written after each epoch, every ten
minutes within one, and when a signal stops the run. The result is the same, byte
for byte, as if the run had never stopped; on another CPU or GPU the last bits
differ, and run.json records the change of device. If the config, the data, the
backend or TensorFlow's version has changed, the command refuses, since it would
not be the same run. If a folder has only moved, name it: dataset.path=FOLDER for
the data, from=FOLDER for the parent run, teacher.run=FOLDER for the teacher. A
sweep resumes its own runs: repeat its command.

Examples:
  bbits resume results/lenet5-seed1
  bbits resume results/lenet5-seed1 dataset.path=/data/mnist
  bbits resume results/lenet5-seed1 --extend 10    Ten more epochs of a finished run`,
    )
    .action(resume);
}

async function resume(
  folder: string,
  overrides: string[],
  options: ResumeCliOptions,
): Promise<void> {
  const { loadConfig } = await import('../config/config.js');
  const { placesIn } = await import('../config/places.js');
  const { readStatus } = await import('../runs/folder/status-file.js');
  const { resumeRun } = await import('../runs/resume-run.js');
  const { config } = await loadConfig(join(folder, 'config.yaml'));
  const places = placesIn(config, overrides);
  const { extend, sameMachine } = options;
  const { status } = await readStatus(folder);
  const level = logLevelOf(options);
  if (status === 'finished' && extend === undefined) {
    if (level !== 'error') {
      const { isCompact } = await import('../runs/compact/is-compact.js');
      say(
        isCompact(folder)
          ? `${folder} is finished, and compact: it cannot be extended`
          : `${folder} is finished. For more epochs: ${shell`bbits resume ${folder} --extend EPOCHS`}`,
      );
    }
    return;
  }
  const command = ['bbits', 'resume', folder, ...overrides];
  if (extend !== undefined) command.push('--extend', String(extend));
  if (sameMachine) command.push('--same-machine');
  const { training } = config;
  const longer = { ...config, training: { ...training, epochs: training.epochs + (extend ?? 0) } };
  await followRun(
    longer,
    level,
    command,
    (run, observer) =>
      resumeRun(folder, { ...run, extendEpochs: extend, places, sameMachine }, observer),
    folder,
  );
  if (extend !== undefined && level !== 'error') await sayStaleExport(folder);
}

/** Say that an existing export is outdated: it holds the weights from before the extension. */
async function sayStaleExport(folder: string): Promise<void> {
  const { exportFolder } = await import('../runs/export-run.js');
  const path = exportFolder(folder);
  if (!existsSync(path)) return;
  say(`${path} holds the network from before these epochs. To update it: bbits export ${folder}`);
}

function positive(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of epochs, at least 1.');
}
