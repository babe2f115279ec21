import { expectation } from './expectation.js';
import { configJsonSchema, type JsonSchema } from './json-schema.js';
import { allKeys } from './keys.js';
import { showPath } from './show.js';

/** All keys as a table in Markdown, for docs/configuration.md; laid out as prettier does. */
export function configTable(): string {
  const rows = allKeys(configJsonSchema()).map(({ path, schema, required }) => [
    code(showPath(path)),
    isSection(schema) ? 'a section' : expectation(schema),
    isSection(schema) ? '' : defaultOf(schema, required),
    schema.description ?? '',
  ]);
  const table = [['Key', 'Value', 'Default', 'Meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
  const lines = table.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)));
  lines.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Only a place for other keys. */
function isSection(schema: JsonSchema): boolean {
  return schema.properties !== undefined;
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (schema.default !== undefined) return code(JSON.stringify(schema.default).replaceAll('"', ''));
  return required ? 'required' : 'none';
}

function code(text: string): string {
  return `\`${text}\``;
}
