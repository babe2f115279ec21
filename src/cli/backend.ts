import { Command, Option } from 'commander';
import { backendNames, type BackendName } from '../backend/choice.js';
import { untilInterrupted } from './interrupt.js';
import { UserError } from '../errors.js';
import { printDoctor } from './output/doctor-lines.js';
import { onStderr, onStdout } from './output/paint.js';
import { note, printingIsNews, say } from './output/say.js';
import { makeReporter } from './output/reporter.js';
import { formatBytes } from '../text/bytes.js';

/**
 * `bbits backend`: native TensorFlow for training. The actions import the code that does the work, which
 * keeps `--help` fast.
 */
export function backendCommand(): Command {
  return new Command('backend')
    .description('Install, examine or remove native TensorFlow for training')
    .addCommand(installCommand())
    .addCommand(doctorCommand())
    .addCommand(removeCommand())
    .addHelpText(
      'after',
      `
Native TensorFlow is downloaded from PyPI once per user and kept in
~/.cache/bbits. See docs/backend.md.

Examples:
  bbits backend install      Install it, for the GPU if there is one
  bbits backend doctor       Show what would run, and what is missing
  bbits backend remove       Delete everything installed`,
    );
}

interface VariantOptions {
  readonly tensorflow?: string;
  readonly cuda?: true;
  readonly cpu?: true;
}

/** Add the options that select a build. */
function variantOptions(command: Command, verb: string): Command {
  return command
    .option('--tensorflow <version>', `${verb} this version of TensorFlow`)
    .addOption(new Option('--cuda', `${verb} the build for NVIDIA GPUs`).conflicts('cpu'))
    .addOption(new Option('--cpu', `${verb} the build for the CPU`).conflicts('cuda'));
}

function installCommand(): Command {
  return variantOptions(new Command('install'), 'install')
    .description('Download native TensorFlow and build its binding, unless already installed')
    .option(
      '--wheel <files...>',
      'install from these wheel files: TensorFlow’s, and for CUDA also NVIDIA’s; offline, --binding is needed as well',
    )
    .option('--force', 'reinstall even if already installed')
    .option(
      '--or-wasm',
      'if it cannot be installed, say why and exit 0; WebAssembly is used instead',
    )
    .option(
      '--binding <file>',
      'use this archive of the binding’s source, made by npm pack, instead of downloading it',
    )
    .addHelpText(
      'after',
      `
It prints what it will download, and how much, and never asks for confirmation.
It needs pip, npm (for the source of TensorFlow's binding, 223 kB; no scripts are
run) and a C++ compiler; on a machine without a compiler, it downloads one and
removes it afterwards. For machines without a network see docs/backend.md.
Without native TensorFlow, bbits uses WebAssembly, which is slower but needs only
Node.

Examples:
  bbits backend install           For the GPU if there is one, else the CPU
  bbits backend install --cpu     274 MB to download, 854 MB on disk
  bbits backend install --cuda    3.38 GB to download, 5.68 GB on disk
  bbits backend install --wheel tensorflow_cpu-2.21.0-*.whl \\
    --binding tensorflow-tfjs-node-gpu-4.22.0.tgz`,
    )
    .action(async (options: InstallOptions) => {
      const { describeBuild, install } = await import('../backend/install/install.js');
      const { reporter, close } = makeReporter();
      printingIsNews();
      await untilInterrupted(
        () => 'nothing was left behind',
        async (signal) => {
          const installing = install(
            {
              cuda: options.cuda ?? (options.cpu === true ? false : undefined),
              tensorflow: options.tensorflow,
              wheels: options.wheel,
              binding: options.binding,
              force: options.force,
              signal,
            },
            reporter,
          ).finally(close);
          const installed = await (options.orWasm === true
            ? installing.catch(goOnWithWasm)
            : installing);
          if (installed === undefined) return;
          const { build, changed, test } = installed;
          say(
            `${changed ? onStdout.green('Installed') : 'Already installed'}: ${describeBuild(build)}`,
          );
          if (build.manifest.variant === 'cuda' && test?.usesGpu === false) {
            say(
              `${onStdout.yellow('No GPU is used.')} See why with: bbits backend doctor --backend native-gpu`,
            );
          }
        },
      );
    });
}

interface InstallOptions extends VariantOptions {
  readonly wheel?: string[];
  readonly binding?: string;
  readonly force?: true;
  readonly orWasm?: true;
}

/** Say in one line why native TensorFlow was not installed; rethrow bugs and usage errors. */
async function goOnWithWasm(error: unknown): Promise<undefined> {
  if (!(error instanceof UserError) || error.exitCode === 2) throw error;
  const { timesSlower } = await import('../backend/slower.js');
  const [why = ''] = error.message.split(/\.? Its last lines|[.:]?\n|\. (?=[A-Z])|\.$/);
  note(
    `No native TensorFlow: ${why}. bbits uses WebAssembly, about ${timesSlower} times slower.`,
    onStderr.yellow,
  );
}

function doctorCommand(): Command {
  return new Command('doctor')
    .description('Show which backend would run, what is installed and what is missing')
    .addOption(
      new Option('--backend <name>', 'the backend to examine')
        .choices(backendNames)
        .default('auto'),
    )
    .addHelpText(
      'after',
      `
It compares every installed file with its checksum, and runs a small
computation. Exit code 1: the backend cannot run.

Examples:
  bbits backend doctor
  bbits backend doctor --backend native-gpu`,
    )
    .action(async ({ backend }: { backend: BackendName }) => {
      const { examine } = await import('../backend/doctor/doctor.js');
      await untilInterrupted(
        () => 'nothing was changed',
        async (signal) => {
          const report = await examine(backend, { signal });
          printDoctor(report);
          if (report.backend === undefined) process.exitCode = 1;
        },
      );
    });
}

function removeCommand(): Command {
  return variantOptions(new Command('remove'), 'remove only')
    .description('Delete native TensorFlow and everything else that bbits keeps for this user')
    .addHelpText(
      'after',
      `
Without options it deletes everything bbits has cached: builds of TensorFlow,
onnxruntime, and the reports' cache of runs. After that, uninstalling bbits
leaves nothing behind. Runs, data sets and your other folders are never deleted.

Examples:
  bbits backend remove                        Everything that bbits has cached
  bbits backend remove --cuda                 Only builds for GPUs
  bbits backend remove --tensorflow 2.19.1    Only builds of this version`,
    )
    .action(async (options: VariantOptions) => {
      const { remove, removeRest } = await import('../backend/install/remove.js');
      const { keptNames, reportsCache } = await import('../report/cache/kept-file.js');
      const ofReports = { folder: reportsCache(), made: keptNames };
      const { tensorflow, cuda, cpu } = options;
      const variant = cuda === true ? 'cuda' : cpu === true ? 'cpu' : undefined;
      const waiting = (holder: string) => {
        note(`Waiting for an installation (${holder})`);
      };
      printingIsNews();
      await untilInterrupted(
        () => 'nothing was deleted',
        async (signal) => {
          const builds = await remove({ tensorflow, variant }, { waiting, signal });
          const isAll = tensorflow === undefined && variant === undefined;
          const removed = isAll ? [...builds, ...(await removeRest([ofReports]))] : builds;
          for (const { folder, freed } of removed) say(`Deleted ${folder} (${formatBytes(freed)})`);
          const total = removed.reduce((sum, { freed }) => sum + freed, 0);
          say(removed.length === 0 ? 'Nothing to delete.' : `Freed ${formatBytes(total)}.`);
        },
      );
    });
}
