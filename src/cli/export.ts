import { Command } from 'commander';
import { exporters } from '../deployment/exporters/exporters.js';
import { formatBytes } from '../text/bytes.js';
import { compact } from '../text/compact.js';
import { threeDigits } from '../text/figures.js';
import { entryNamed } from './entry-named.js';
import { printingIsNews, say } from './output/say.js';

const formats = Object.keys(exporters);

interface ExportOptions {
  format: string;
  out?: string;
}

/** `bbits export`: a finished run's network for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write a run’s network for inference: whole weights, dropped channels taken out')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'data or parent to compare with the run’s: dataset.path=FOLDER')
    .option('--format <name>', `one of: ${formats.join(', ')}`, formats[0])
    .option('--out <folder>', 'a folder for it (default: export/ in the run’s folder)')
    .addHelpText(
      'after',
      `
What is written gives the logits that the trained network gives with test-time
gates. In the format safetensors it is two files: network.json says what the
network does, network.safetensors has its numbers. docs/export.md describes both.
An export of other weights in the folder is put aside; anything else is refused.

Examples:
  bbits export results/quickstart-seed1
  bbits export results/quickstart-seed1 --out lenet5`,
    )
    .action(async (run: string, overrides: string[], { format, out }: ExportOptions) => {
      const load = await entryNamed(exporters, format, '--format');
      const { exporter } = await load();
      const { exportRun } = await import('../runs/export-run.js');
      const { placesOfRun } = await import('../runs/places.js');
      const places = await placesOfRun(run, overrides);
      printingIsNews();
      const { folder, bytes, weights, trainedWeights, before } = await exportRun(
        run,
        exporter,
        out,
        places,
      );
      if (before.what === 'another') {
        say(`An export of other weights was there, or by another bbits: now ${before.movedTo}`);
      }
      const share = (100 * weights) / trainedWeights;
      say(
        `${compact(weights)} of ${compact(trainedWeights)} weights ` +
          `(${threeDigits(share)} %), ${formatBytes(bytes)} in all`,
      );
      const isThere = before.what === 'the same' ? ' already, up to date' : '';
      say(`The network is in ${folder}${isThere}`);
    });
}
