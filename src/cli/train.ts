import { Command } from 'commander';
import { followRun } from './follow-run.js';
import { logLevelOf, logLevelOption, quietOption, type LogOptions } from './log-options.js';

interface TrainOptions extends LogOptions {
  readonly out?: string;
  readonly printConfig?: true;
}

/** `bbits train`: run one experiment, from its config to a finished run. */
export function trainCommand(): Command {
  return new Command('train')
    .description('Train the network of a config, and write the run to a folder of its own')
    .argument('<config>', 'a YAML file; its keys: docs/configuration.md, or bbits schema')
    .argument('[key=value...]', 'changes to the config for this run')
    .option('--out <folder>', 'a new or empty folder for the run (default: its own under results/)')
    .option('--print-config', 'print the config with all defaults, without training')
    .addOption(quietOption())
    .addOption(logLevelOption())
    .addHelpText(
      'after',
      `
A run's folder holds config.yaml and run.json (what the run was made with),
metrics.jsonl (a line for each epoch), result.json, weights.safetensors,
status.json, timings.jsonl, a checkpoint, and a file of events for TensorBoard
(tensorboard --logdir results). Ctrl-C stops after the current step and prints
the command that resumes the run.

Examples:
  bbits train configs/quickstart.yaml
  bbits train configs/quickstart.yaml seed=2 mu=0.05 --out results/mu-0.05
  bbits train configs/mnist/lenet5.yaml 'optimizers.gates={learningRate: 1e-2}' training.epochs=10
  bbits train configs/mnist/lenet5.yaml --print-config`,
    )
    .action(train);
}

async function train(file: string, overrides: string[], options: TrainOptions): Promise<void> {
  const { formatConfig, loadConfig } = await import('../config/config.js');
  const loaded = await loadConfig(file, overrides);
  if (options.printConfig) {
    process.stdout.write(formatConfig(loaded.config));
    return;
  }
  const level = logLevelOf(options);
  const { runExperiment } = await import('../runs/run-experiment.js');
  const command = ['bbits', 'train', file, ...overrides];
  const { getMissingData } = await import('./data/get-data.js');
  await followRun(loaded.config, level, command, async (run, observer) => {
    await getMissingData(loaded.config.dataset, run.signal);
    return runExperiment(loaded, { ...run, out: options.out }, observer);
  });
}
