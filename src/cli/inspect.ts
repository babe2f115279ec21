import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../errors.js';
import type { Inspection } from '../inspection/inspection.js';
import type { UniformBits } from '../inspection/uniform-bits.js';
import { say } from './output/say.js';
import { lineWidth } from './output/terminal.js';
import { shell, shellWord } from '../text/shell.js';

interface InspectOptions {
  readonly bits?: string;
  readonly json?: true;
}

/** `bbits inspect`: a network layer by layer, without training it. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Show a network layer by layer: shapes, parameters, MACs, bits, BOPs, memory')
    .argument('<config | run>', 'a YAML file as for bbits train, or a run’s folder')
    .argument('[key=value...]', 'changes to the config; a run is shown as it is')
    .option('--bits <wXaY>', 'X bits for all weights, Y for all activations: 2, 4, 8, 16 or 32')
    .option('--json', 'print everything as one JSON document, in plain numbers')
    .addHelpText(
      'after',
      `
Without --bits, a config is shown at its fixed bits, or at 32 bits if any are
learned; a run is shown at the bits that it has learned. With --bits, a run keeps
its learned channels. Nothing is trained, and TensorFlow is not needed.

Examples:
  bbits inspect configs/quickstart.yaml
  bbits inspect configs/quickstart.yaml model=vgg7 dataset=cifar10 --bits w4a8
  bbits inspect results/quickstart-seed1
  bbits inspect results/quickstart-seed1 --json > quickstart.json`,
    )
    .action(async (path: string, overrides: string[], options: InspectOptions) => {
      const { parseUniformBits } = await import('../inspection/uniform-bits.js');
      const { bits } = options;
      const inspection = await inspect(
        path,
        overrides,
        bits === undefined ? undefined : parseUniformBits(bits, '--bits'),
      );
      if (options.json) {
        say(JSON.stringify(inspection, null, 2));
        return;
      }
      const { inspectTable } = await import('./output/inspect-table.js');
      say(inspectTable(inspection, lineWidth(process.stdout)));
    });
}

/** Inspect a run if the path is a folder, else a config. */
async function inspect(
  path: string,
  overrides: readonly string[],
  bits: UniformBits | undefined,
): Promise<Inspection> {
  if (!(await isFolder(path))) {
    const { inspectConfig } = await import('../inspection/inspect-config.js');
    return inspectConfig(path, overrides, bits);
  }
  if (overrides.length > 0) {
    const words = overrides.map(shellWord).join(' ');
    throw new UserError(
      `${path}: found overrides (${words}) for a run, expected none: a run is shown ` +
        `as it is. To inspect a changed config: ${shell`bbits inspect ${join(path, 'config.yaml')}`} ${words}`,
      2,
    );
  }
  const { inspectRun } = await import('../runs/inspect-run.js');
  return inspectRun(path, bits);
}

/** False also for a missing path, which is reported when it is read as a config. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
