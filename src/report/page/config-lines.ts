/** A line of a config in YAML. */
export interface ConfigLine {
  readonly text: string;
  readonly isDifferent: boolean;
}

/**
 * Split a config, as formatted by formatConfig, into lines, and mark those that set one of the different keys
 * or anything nested in it.
 *
 * @param different keys as in `gates.sampling`
 */
export function configLines(yaml: string, different: readonly string[]): ConfigLine[] {
  /** Keys that enclose the line, with their indentation. */
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
