import { Command, Option } from 'commander';
import { untilInterrupted } from './interrupt.js';
import { say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

interface EvaluateCliOptions {
  split: 'test' | 'training' | 'validation';
  gates: 'test' | 'sampled';
  bits?: string;
  json?: true;
}

/** `bbits evaluate`: a finished run's network on its images again. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Evaluate a run’s network: accuracy, loss, BOPs, each class, confusion matrix')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'where its data lies now: dataset.path=FOLDER')
    .addOption(
      new Option('--split <name>', 'which images')
        .choices(['test', 'training', 'validation'])
        .default('test'),
    )
    .addOption(
      new Option('--gates <kind>', 'test: open or shut; sampled: drawn for each batch')
        .choices(['test', 'sampled'])
        .default('test'),
    )
    .addOption(
      new Option('--bits <wXaY>', 'X bits for all weights, Y for all activations').conflicts(
        'gates',
      ),
    )
    .option('--json', 'print all of it as one JSON document, in plain numbers')
    .addHelpText(
      'after',
      `
The data is read from where the run had it, and has to be what it was: another
folder is named with dataset.path=FOLDER.

Examples:
  bbits evaluate results/quickstart-seed1
  bbits evaluate results/quickstart-seed1 --split training
  bbits evaluate results/quickstart-seed1 --bits w4a8
  bbits evaluate results/quickstart-seed1 --json > evaluation.json`,
    )
    .action(async (run: string, overrides: string[], options: EvaluateCliOptions) => {
      const { split, gates, bits, json } = options;
      const { placesOfRun } = await import('../runs/places.js');
      const { evaluateRun } = await import('../runs/evaluate-run.js');
      const { parseUniformBits } = await import('../inspection/uniform-bits.js');
      const places = await placesOfRun(run, overrides);
      await untilInterrupted(
        () => 'nothing was written',
        async (signal) => {
          const evaluation = await evaluateRun(run, {
            split,
            sampled: gates === 'sampled',
            bits: bits === undefined ? undefined : parseUniformBits(bits, '--bits'),
            signal,
            places,
          });
          if (json) {
            say(JSON.stringify(evaluation, null, 2));
            return;
          }
          const { evaluationTable } = await import('./output/evaluation-table.js');
          say(evaluationTable(evaluation, lineWidth(process.stdout)));
        },
      );
    });
}
