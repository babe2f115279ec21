import { Command } from 'commander';
import { exporters } from '../deployment/exporters/exporters.js';
import { irVersions, type Opset } from '../deployment/onnx/opsets.js';
import { UserError } from '../errors.js';
import { formatBytes } from '../text/bytes.js';
import { compact } from '../text/compact.js';
import { threeDigits } from '../text/figures.js';
import { entryNamed } from './entry-named.js';
import { printingIsNews, say } from './output/say.js';

const formats = Object.keys(exporters);

interface ExportOptions {
  format: string;
  opset?: string;
  out?: string;
}

/** `bbits export`: a finished run's network for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Write a run’s network for inference: whole weights, dropped channels taken out')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'data or parent to compare with the run’s: dataset.path=FOLDER')
    .option('--format <name>', `one of: ${formats.join(', ')}`, formats[0])
    .option('--opset <number>', 'of ONNX: 21 (default), or 25, which has 2-bit integers')
    .option('--out <folder>', 'a folder for it (default: export/ or export-onnx/ in the run’s)')
    .addHelpText(
      'after',
      `
What is written gives the logits that the trained network gives with test-time
gates. In the format safetensors it is two files: network.json says what the
network does, network.safetensors has its numbers; in the format onnx one,
network.onnx, for onnxruntime and others. docs/export.md describes them.
An export of other weights in the folder is put aside; anything else is refused.

Examples:
  bbits export results/quickstart-seed1
  bbits export results/quickstart-seed1 --out lenet5
  bbits export results/quickstart-seed1 --format onnx`,
    )
    .action(async (run: string, overrides: string[], options: ExportOptions) => {
      const { format } = options;
      const load = await entryNamed(exporters, format, '--format');
      const opset = opsetOf(options);
      const { exporter } = await load();
      const { exportFolder, exportRun } = await import('../runs/export-run.js');
      const { placesOfRun } = await import('../runs/places.js');
      const places = await placesOfRun(run, overrides);
      printingIsNews();
      const out = options.out ?? exportFolder(run, format === formats[0] ? undefined : format);
      const { folder, bytes, weights, trainedWeights, before } = await exportRun(run, exporter, {
        out,
        places,
        opset,
      });
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

/** @throws UserError (exit code 2) where it is none, or the format has none */
function opsetOf({ format, opset }: ExportOptions): Opset | undefined {
  if (opset === undefined) return undefined;
  const known = Object.keys(irVersions);
  if (format !== 'onnx') {
    throw new UserError(
      `--opset: found ${opset} with the format ${format}, expected --format onnx`,
      2,
    );
  }
  if (!known.includes(opset)) {
    throw new UserError(`--opset: found ${opset}, expected one of: ${known.join(', ')}`, 2);
  }
  return Number(opset) as Opset;
}
