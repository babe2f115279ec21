import { Command } from 'commander';
import { untilInterrupted } from './interrupt.js';
import { accuracyText, bopsText } from './output/figures.js';
import { partsInLines } from './output/parts.js';
import { printingIsNews, say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

/** `bbits sensitivity`: the baseline that lowers the bits of one quantizer at a time. */
export function sensitivityCommand(): Command {
  return new Command('sensitivity')
    .description('Lower fixed bits one quantizer at a time, least accuracy loss first')
    .argument('<run>', 'the folder of a run with fixed bits and validation images')
    .argument('[key=value...]', 'where its data is now: dataset.path=FOLDER')
    .option('--json', 'print the curve as one JSON document')
    .addHelpText(
      'after',
      `
A baseline without training: each step lowers the bits of one quantizer (to 8, 4
or 2), the one that loses the least validation accuracy per bit operation saved.
The curve is written to sensitivity.json in the run's folder.

Examples:
  bbits train configs/mnist/lenet5.yaml training.epochs=12 \\
    'quantization={weights: 8, activations: 8, channels: all}' \\
    training.validationImages=5000 --out results/w8a8
  bbits sensitivity results/w8a8`,
    )
    .action(async (run: string, overrides: string[], { json }: { json?: true }) => {
      const { placesOfRun } = await import('../runs/places.js');
      const { sensitivityOfRun } = await import('../runs/sensitivity-run.js');
      const places = await placesOfRun(run, overrides);
      printingIsNews();
      await untilInterrupted(
        () => 'nothing was written',
        async (signal) => {
          const steps = await sensitivityOfRun(run, places, signal, (step, number, of) => {
            if (json) return;
            const what =
              step.site === null ? 'as trained' : `${step.site} at ${step.bits ?? ''} bits`;
            const parts = [
              `${String(number).padStart(String(of).length)}/${of}`,
              `BOPs ${bopsText(step.relativeBopsPercent)}`,
              `held out ${accuracyText(step.validationAccuracyPercent)}`,
              `test ${accuracyText(step.testAccuracyPercent)}`,
              what,
            ];
            say(partsInLines(parts, lineWidth(process.stdout)).join('\n'));
          });
          if (json) say(JSON.stringify(steps, null, 2));
          else say(`\nThe curve is in ${run}/sensitivity.json`);
        },
      );
    });
}
