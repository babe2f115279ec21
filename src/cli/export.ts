import { Command } from 'commander';
import { withCommas } from '../text/with-commas.js';
import { printingIsNews, say } from './output/say.js';

/** `bbits export`: a finished run's network for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write a run’s network for inference: whole weights, dropped channels taken out')
    .argument('<run>', 'a run’s folder')
    .option('--out <folder>', 'a new or empty folder (default: export/ in the run’s folder)')
    .addHelpText(
      'after',
      `
Two files: network.json says what the network does, network.safetensors has its
numbers. They give the logits that the trained network gives with test-time
gates. docs/export.md describes both.

Examples:
  bbits export results/quickstart-seed1
  bbits export results/quickstart-seed1 --out lenet5`,
    )
    .action(async (run: string, { out }: { out?: string }) => {
      const { exportRun } = await import('../runs/export-run.js');
      printingIsNews();
      const { folder, bytes, weights, trainedWeights } = await exportRun(run, out);
      const share = (100 * weights) / trainedWeights;
      say(
        `${withCommas(weights)} of ${withCommas(trainedWeights)} weights ` +
          `(${share.toFixed(1)} %), ${(bytes / 1000).toFixed(0)} kB in all`,
      );
      say(`The network is in ${folder}`);
    });
}
