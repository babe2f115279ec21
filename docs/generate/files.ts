import { readFile } from 'node:fs/promises';
import { formatJsonSchema } from '../../src/config/config.js';
import { reportJsonSchema } from '../../src/report/files/json.js';
import { configTable, layerTable } from './tables.js';

/** The files generated from the schemas in src: each file's expected text, by its path in the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const page = new URL('../configuration.md', import.meta.url);
  return new Map([
    ['configs/schema.json', formatJsonSchema()],
    ['configs/report-schema.json', reportJsonSchema()],
    ['docs/configuration.md', withTables(await readFile(page, 'utf8'))],
  ]);
}

/** Regenerate a page's tables, each between two comments that name it. */
function withTables(page: string): string {
  const tables = { keys: configTable(), layers: layerTable() };
  return Object.entries(tables).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- ${name}: .* -->\n)[^]*(<!-- /${name} -->)`);
    if (!place.test(text)) throw new Error(`docs/configuration.md: no place for the ${name}`);
    return text.replace(place, (_all, start: string, end: string) => `${start}\n${table}\n${end}`);
  }, page);
}
