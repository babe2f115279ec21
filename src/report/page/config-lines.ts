/** A line of a config in YAML. */
export interface ConfigLine {
  readonly text: string;
  readonly isDifferent: boolean;
}

/**
 * The lines of a config as formatConfig writes it, with those marked that set one of some keys, or
 * something in it.
 *
 * @param different keys as in `gates.sampling`
 */
export function configLines(yaml: string, different: readonly string[]): ConfigLine[] {
  /** Keys around the line, with how far each is indented. */
  const around: { indent: number; key: string }[] = [];
  return yaml
    .trimEnd()
    .split('\n')
    .map((text) => {
      const { indent = '', key } = /^(?<indent>[ -]*)(?:(?<key>[\w-]+):)?/.exec(text)?.groups ?? {};
      while ((around.at(-1)?.indent ?? -1) >= indent.length) around.pop();
      if (key !== undefined) around.push({ indent: indent.length, key });
      const path = around.map(({ key }) => key).join('.');
      const isDifferent = different.some((other) => path === other || path.startsWith(`${other}.`));
      return { text, isDifferent };
    });
}
