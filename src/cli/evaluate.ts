import { Command, Option } from 'commander';
import type { Places } from '../config/places.js';
import { UserError } from '../errors.js';
import { untilInterrupted } from './interrupt.js';
import { say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

interface EvaluateCliOptions {
  readonly split: 'test' | 'training' | 'validation';
  readonly gates: 'test' | 'sampled';
  readonly bits?: string;
  readonly integer?: true;
  readonly images?: string;
  readonly json?: true;
}

/** `bbits evaluate`: evaluate a finished run's network again. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Evaluate a run: accuracy (total, per class), loss, BOPs, confusion matrix')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'where its data is now: dataset.path=FOLDER')
    .addOption(
      new Option('--split <name>', 'the images to evaluate on')
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
    .addOption(
      new Option(
        '--integer',
        'compute in integers only, and compare with floats (see below)',
      ).conflicts(['gates', 'bits']),
    )
    .option('--images <count>', 'with --integer: use only the first COUNT images')
    .option('--json', 'print everything as one JSON document, in plain numbers')
    .addHelpText(
      'after',
      `
The data must be the same as in training. If it has moved, name its folder with
dataset.path=FOLDER.
--json also prints each image's label and prediction, to compare two runs on the
same images.
--integer computes in integers from pixels to logits (docs/integers.md). It
reports which images are classified differently than in floats, why, and how many
bits each layer's sums need. It is slow: seconds for a thousand small images.

Examples:
  bbits evaluate results/quickstart-seed1
  bbits evaluate results/quickstart-seed1 --split training
  bbits evaluate results/quickstart-seed1 --bits w4a8
  bbits evaluate results/quickstart-seed1 --integer --images 500
  bbits evaluate results/quickstart-seed1 --json > evaluation.json`,
    )
    .action(async (run: string, overrides: string[], options: EvaluateCliOptions) => {
      const { split, gates, bits, json } = options;
      const { placesOfRun } = await import('../runs/places.js');
      const { evaluateRun } = await import('../runs/evaluate-run.js');
      const { parseUniformBits } = await import('../inspection/uniform-bits.js');
      const most = imagesOf(options);
      const places = await placesOfRun(run, overrides);
      if (options.integer) {
        await evaluateInIntegers(run, { split, most, json }, places);
        return;
      }
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

async function evaluateInIntegers(
  run: string,
  {
    split,
    most,
    json,
  }: { split: EvaluateCliOptions['split']; most: number | undefined; json: true | undefined },
  places: Places,
): Promise<void> {
  const { evaluateIntegers } = await import('../runs/integers/evaluate-integers.js');
  const { integerComplaint, integerTable } = await import('./output/integer-table.js');
  await untilInterrupted(
    () => 'nothing was written',
    async (signal) => {
      const evaluation = await evaluateIntegers(run, { split, most, signal, places });
      say(
        json
          ? JSON.stringify(evaluation, null, 2)
          : integerTable(evaluation, lineWidth(process.stdout)),
      );
      const found = integerComplaint(evaluation);
      if (found !== undefined) throw new UserError(found);
    },
  );
}

/** The value of --images. @throws UserError (exit code 2) if it is invalid, or --integer is missing */
function imagesOf({ images, integer }: EvaluateCliOptions): number | undefined {
  if (images === undefined) return undefined;
  const count = /^[1-9]\d{0,8}$/.test(images) ? Number(images) : undefined;
  if (!integer) {
    throw new UserError(
      `--images: found ${JSON.stringify(images)} without --integer, expected both`,
      2,
    );
  }
  if (count === undefined) {
    throw new UserError(
      `--images: found ${JSON.stringify(images)}, expected a whole number of at least 1`,
      2,
    );
  }
  return count;
}
