import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeEach, expect, test } from 'vitest';
import { program } from '../../src/cli/main.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { check } from './check-command.js';
import { fencesOf, inlineCodeOf, pages } from './pages.js';
import { commandsIn } from './shell.js';

/**
 * Checks that programs would understand every command in the documentation and help texts, with its options,
 * config and keys. Nothing is run here; stories.test.ts and test/cli run commands.
 */

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function checkAll(script: string): Promise<void> {
  for (const command of commandsIn(script, folder)) await check(command, folder);
}

/** The commands of a page that are called as written: its scripts, and those before output. */
function scriptsOf(page: string): string {
  const fences = fencesOf(page);
  const scripts = fences.filter(({ language }) => language === 'sh').map(({ text }) => text);
  const printed = fences.flatMap(({ text }) =>
    Array.from(text.matchAll(/^\$ (.*)$/gm), ([, command = '']) => command),
  );
  return [...scripts, ...printed].join('\n');
}

/** The commands in a page's text. */
function mentionedIn(page: string): string {
  return inlineCodeOf(page)
    .filter((code) => /^(bbits|npm run|npx|node) \S/.test(code))
    .join('\n');
}

const isIncomplete = (error: unknown) =>
  ((error as Error).cause as { code?: string }).code === 'commander.missingArgument';

test.each(pages)('%s', async (page) => {
  const sweep = fencesOf(page).find(
    ({ language, text }) => language === 'yaml' && /^sweep:/m.test(text),
  );
  if (sweep) await writeFile(join(folder, 'sweep.yaml'), sweep.text);
  await checkAll(scriptsOf(page));
  for (const command of commandsIn(mentionedIn(page), folder)) {
    await check(command, folder).catch((error: unknown) => {
      // A mention may omit arguments: `bbits resume`.
      if (!isIncomplete(error)) throw error;
    });
  }
});

/** A command and all its subcommands, by full name. */
function commandsOf(command: Command, above = ''): [string, Command][] {
  const name = `${above} ${command.name()}`.trim();
  return [[name, command], ...command.commands.flatMap((sub) => commandsOf(sub, name))];
}

test.each(commandsOf(program()))('the examples in the help of %s', async (_, command) => {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const [, examples = ''] = help.split('\nExamples:\n');
  // A description may follow, and a `\\` continue the line.
  const script = examples.replaceAll(/(?<=\S) {3,}.*/g, '');
  await checkAll(script);
});

test.each([
  'bbits trian configs/quickstart.yaml',
  'bbits backend instal',
  'bbits runs --jsn',
  'bbits resume results/a mu=0.1',
  'bbits train configs/quickstart.yml',
  'bbits train configs/quickstart.yaml trainng.epochs=3',
  'bbits train configs/quickstart.yaml training.epochs=none',
  'bbits sweep configs/quickstart.yaml sweep.mo=[0.1]',
  'docker run --rm bbits backend instal',
  'npm run bnech',
  'npm run bench -- --treads 2',
  'npx tsx bench/none.ts',
])('%s would be reported', async (command) => {
  await expect(checkAll(command)).rejects.toThrow();
});
