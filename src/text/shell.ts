/**
 * A command to paste into a POSIX shell. Each interpolated value becomes one word, whatever it contains; the
 * rest is unchanged. Print it at the end of a line, with nothing after it.
 *
 *     shell`bbits resume ${'results/my exp'}`   // bbits resume 'results/my exp'
 */
export function shell(text: TemplateStringsArray, ...values: readonly string[]): string {
  return text.reduce((line, part, index) => `${line}${shellWord(values[index - 1] ?? '')}${part}`);
}

/** A command from its words. A word such as `--out` is an option; a leading dash of a value is escaped. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^--[a-z-]+$/.test(word) ? word : shellWord(word))).join(' ');
}

/** Quote a value as one word that is not an option. */
export function shellWord(value: string): string {
  const word = value.startsWith('-') ? `./${value}` : value;
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // Control and invisible characters would not survive a paste.
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `"$(printf '${octal(word)}')"`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Bytes in printf's octal notation; letters, digits and `_./-` unchanged. */
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
