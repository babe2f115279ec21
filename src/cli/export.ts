import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Places } from '../config/places.js';
import type { Exporter } from '../deployment/exporters/exporter.js';
import { exporters } from '../deployment/exporters/exporters.js';
import { irVersions, onnxFile, type Opset } from '../deployment/onnx/opsets.js';
import { UserError } from '../errors.js';
import type { Exported, ExportOptions } from '../runs/export-run.js';
import { formatBytes } from '../text/bytes.js';
import { compact } from '../text/compact.js';
import { threeDigits } from '../text/figures.js';
import { entryNamed } from './entry-named.js';
import { untilInterrupted } from './interrupt.js';
import { plainTable } from './output/plain-table.js';
import { makeReporter } from './output/reporter.js';
import { printingIsNews, say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

const formats = Object.keys(exporters);

interface Options {
  readonly format: string;
  readonly opset?: string;
  readonly out?: string;
  readonly check?: true;
}

/** `bbits export`: write a finished run's network for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('Export a run’s network for inference: integer weights, no dropped channels')
    .argument('<run>', 'a run’s folder')
    .argument('[key=value...]', 'where its data or parent run is now: dataset.path=FOLDER')
    .option('--format <name>', `one of: ${formats.join(', ')}`, formats[0])
    .option('--opset <number>', 'ONNX opset: 21 (default), or 25, which has 2-bit integers')
    .option('--check', 'evaluate network.onnx on the test set in onnxruntime (see below)')
    .option(
      '--out <folder>',
      'folder to write to (default: export/ or export-FORMAT/ in the run’s folder)',
    )
    .addHelpText(
      'after',
      `
The exported network computes the logits of the trained network with test-time
gates. Format safetensors: network.json describes the network, and
network.safetensors holds its parameters. Format onnx: network.onnx, for
onnxruntime and others. See docs/export.md.
--check compares the predicted classes with those of bbits evaluate. It needs
onnxruntime, which the first check downloads from npm (114 MB, of which 46 MB are
kept until bbits backend remove).
An earlier export that differs is moved aside; a folder with other files is
refused.

Examples:
  bbits export results/quickstart-seed1
  bbits export results/quickstart-seed1 --out lenet5
  bbits export results/quickstart-seed1 --format onnx --check`,
    )
    .action(async (run: string, overrides: string[], options: Options) => {
      const { format } = options;
      const load = await entryNamed(exporters, format, '--format');
      const opset = opsetOf(options);
      requireOnnx(options);
      const { exporter } = await load();
      const { exportFolder, exportRun } = await import('../runs/export-run.js');
      const { placesOfRun } = await import('../runs/places.js');
      const places = await placesOfRun(run, overrides);
      printingIsNews();
      const out = options.out ?? exportFolder(run, format === formats[0] ? undefined : format);
      if (options.check) {
        await exportAndCheck(run, exporter, { out, opset }, places);
        return;
      }
      sayExported(await exportRun(run, exporter, { out, places, opset }));
    });
}

/**
 * Export a run and check the file. The data for the check is read before anything is written. The check
 * computes on the CPU, as an export without a check does: another backend might round folded weights
 * differently.
 */
async function exportAndCheck(
  runFolder: string,
  exporter: Exporter,
  options: ExportOptions,
  places: Places,
): Promise<void> {
  const { exportStored } = await import('../runs/export-run.js');
  const { startOnCpu } = await import('../backend/start.js');
  const { readRunData } = await import('../runs/run-learner.js');
  const { readRun } = await import('../runs/read-run.js');
  const { checkExport } = await import('../runs/onnx-check/check-export.js');
  const { checkTable, complaint } = await import('./output/check-table.js');
  await untilInterrupted(
    () => 'the check did not finish',
    async (signal) => {
      const run = await readRun(runFolder);
      await startOnCpu();
      const data = await readRunData(run, places);
      const exported = await exportStored(run, exporter, options);
      sayExported(exported);
      const { reporter, close } = makeReporter();
      const path = join(exported.folder, onnxFile);
      const file = await readFile(path);
      const { opset } = options;
      const check = await checkExport(run, file, path, data, { reporter, signal, opset }).finally(
        close,
      );
      say('');
      say(checkTable(check, lineWidth(process.stdout)));
      const found = complaint(check);
      if (found !== undefined) throw new UserError(`${path}: ${found}`);
    },
  );
}

function sayExported(exported: Exported): void {
  const { folder, weights, trainedWeights, before } = exported;
  if (before.what === 'another') {
    say(`The earlier export differs; it was moved to ${before.movedTo}`);
  }
  const share = (100 * weights) / trainedWeights;
  say(
    `${compact(weights)} of ${compact(trainedWeights)} weights (${threeDigits(share)} %)\n` +
      `${sizeTable(exported)}\n`,
  );
  say(
    before.what === 'the same'
      ? `The network is already in ${folder}, up to date`
      : `The network is in ${folder}`,
  );
}

/** Table of sizes: the files as written, the parameters at their bits, and in full precision. */
function sizeTable({ bytes, parameterBytes, parameterBytesAt32Bits }: Exported): string {
  const row = (name: string, size: number) => [
    name,
    formatBytes(size),
    `${threeDigits((100 * size) / parameterBytesAt32Bits)} %`,
  ];
  return plainTable(
    ['Size', 'Bytes', 'Share'],
    [
      row('as written', bytes),
      row('parameters at their bits', parameterBytes),
      row('in full precision', parameterBytesAt32Bits),
    ],
  );
}

/** @throws UserError (exit code 2) if --check is given with another format */
function requireOnnx({ format, check }: Options): void {
  if (!check || format === 'onnx') return;
  throw new UserError(`--check: found the format ${format}, expected --format onnx`, 2);
}

/** The value of --opset. @throws UserError (exit code 2) if it is unknown, or the format is not ONNX */
function opsetOf({ format, opset }: Options): Opset | undefined {
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
