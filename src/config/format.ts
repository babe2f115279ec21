import { Document, isScalar, visit } from 'yaml';
import { configSchema, type Config } from './schema.js';

/**
 * Format a config as YAML with every key that has a value, in the schema's order. It reads back as an equal
 * config from any folder, because a config's paths are absolute.
 */
export function formatConfig(config: Config): string {
  // Parsing orders the keys.
  const document = new Document(configSchema.parse(config));
  visit(document, {
    // Bit widths are written without quotes.
    Pair(_key, { key }) {
      if (isScalar(key) && /^\d+$/.test(String(key.value))) key.value = Number(key.value);
    },
    // Lists of numbers take one line.
    Seq(_key, list) {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
