import { Argument, Command } from 'commander';

/** `bbits schema`: the JSON Schema of configs, for editors, or of a report's pareto.json, for programs. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schema of configs, for completion and checks in editors')
    .addArgument(
      new Argument('[of]', 'the schema of configs, or of a report’s pareto.json')
        .choices(['config', 'report'])
        .default('config'),
    )
    .addHelpText(
      'after',
      `
A config names its schema in its first line:
  # yaml-language-server: $schema=schema.json

Examples:
  bbits schema > schema.json     Save it beside your configs
  bbits schema report            Print the schema of pareto.json`,
    )
    .action(async (of: 'config' | 'report') => {
      process.stdout.write(await schemas[of]());
    });
}

const schemas = {
  config: async () => (await import('../config/config.js')).formatJsonSchema(),
  report: async () => (await import('../report/files/json.js')).reportJsonSchema(),
} as const;
