import { expectation } from '../../src/config/expectation.js';
import { formsOf, typeOf, type JsonSchema } from '../../src/config/forms.js';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { allKeys, elementsOf, schemaAt, type Key } from '../../src/config/keys.js';
import { showPath } from '../../src/config/show.js';

/** All keys as a Markdown table for docs/configuration.md, formatted like prettier's. */
export function configTable(): string {
  return table(allKeys(configJsonSchema()).map(keyRow));
}

/** The same for a network's layers: each type, followed by its other keys. */
export function layerTable(): string {
  const layer = elementsOf(schemaAt(configJsonSchema(), ['model', 'layers']) ?? {}) ?? {};
  return table(
    formsOf(layer).flatMap((form) => {
      const told = typeOf(form);
      const keys = allKeys(form).filter(({ path }) => path.join() !== told?.key);
      const type = code(`${told?.key ?? ''}: ${String(told?.type)}`);
      return [[type, '', '', form.description ?? ''], ...keys.map(keyRow)];
    }),
  );
}

function keyRow({ path, schema, required }: Key): string[] {
  return [
    code(showPath(path)),
    isSection(schema) ? 'a section' : expectation(schema),
    isSection(schema) ? '' : defaultOf(schema, required),
    schema.description ?? '',
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const all = [['Key', 'Value', 'Default', 'Meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const lines = all.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)));
  lines.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Whether a key only groups other keys. */
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
