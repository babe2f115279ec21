import { Command } from 'commander';

/** `bbits schema`: what a config may hold, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of configs, with which editors complete and check them')
    .addHelpText(
      'after',
      `
A config names its schema in its first line:
  # yaml-language-server: $schema=schema.json

Example:
  bbits schema > schema.json     Beside your own configs`,
    )
    .action(async () => {
      const { formatJsonSchema } = await import('../config/config.js');
      process.stdout.write(formatJsonSchema());
    });
}
