import { isScalar, LineCounter, parseDocument, type Node } from 'yaml';

/**
 * The maximum size of a config in bytes. Real ones have 2 KiB; a hostile megabyte takes the YAML library
 * seconds, or all memory.
 */
export const mostBytes = 64 * 1024;

export interface ParsedYaml {
  /** Null for a text with nothing but comments. */
  readonly root: Node | null;
  /** Syntax errors; root is reliable only if this is empty. */
  readonly errors: readonly { readonly offset: number; readonly text: string }[];
  /** Line and column of an offset, counted from 1. */
  readonly at: (offset: number) => { readonly line: number; readonly column: number };
}

/** Parse one YAML 1.2 document. The caller checks for duplicate keys: the library's own check is slow. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const unreadable = whyNotText(text);
  if (unreadable !== undefined) {
    return {
      root: null,
      errors: [{ offset: 0, text: unreadable }],
      at: () => ({ line: 1, column: 1 }),
    };
  }
  const document = parseDocument(text, {
    // A %YAML 1.1 directive would make `no` false and 1_000 a number.
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const errors = document.errors.map(({ code, message, pos: [offset] }) => ({
    offset,
    text:
      code === 'MULTIPLE_DOCS'
        ? 'found a second document, expected one'
        : `not valid YAML: ${message.replaceAll(/\s+/g, ' ')}`,
  }));
  const { contents } = document;
  const isEmpty = isScalar(contents) && contents.source === '' && contents.value === null;
  return { root: isEmpty ? null : contents, errors, at };
}

function whyNotText(text: string): string | undefined {
  if (text.length > mostBytes) return `found more than ${mostBytes / 1024} KiB, expected a config`;
  if (text.includes('\0')) return 'found binary data, expected text';
  return undefined;
}
