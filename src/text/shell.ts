/**
 * A command to be pasted into a POSIX shell. Values are paths and the like, and each is one word of it
 * whatever it holds; the rest is as written. It stands at the end of a line, with nothing after it.
 *
 *     shell`bbits resume ${'results/my exp'}`   // bbits resume 'results/my exp'
 */
export function shell(text: TemplateStringsArray, ...values: readonly string[]): string {
  return text.reduce((line, part, index) => `${line}${shellWord(values[index - 1] ?? '')}${part}`);
}

/** A command from its words; options are such as `--out`, and values with a dash in front are none. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^--[a-z-]+$/.test(word) ? word : shellWord(word))).join(' ');
}

/** A value as one word, which is no option. */
export function shellWord(value: string): string {
  const word = value.startsWith('-') ? `./${value}` : value;
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // What a terminal obeys, or does not show, would not come through a paste.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `"$(printf '${octal(word)}')"`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Bytes as printf reads them, letters and digits as they are. */
function octal(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => String.fromCharCode(byte))
    .map((character) =>
      /\w|[./-]/.test(character)
        ? character
        : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
    )
    .join('');
}
