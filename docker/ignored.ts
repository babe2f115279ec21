/**
 * Which paths of the context a .dockerignore leaves out: `name`, `folder/*` and `!name`, the last line that fits
 * decides. Docker knows more forms; ours has only these.
 */
export function ignoredBy(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, not, pattern = '', all] = /^(!?)(.*?)(\/\*)?$/.exec(line) ?? [];
      const fits = (path: string) =>
        (all === undefined && path === pattern) || path.startsWith(`${pattern}/`);
      return { fits, leavesOut: not === '' };
    });
  return (path) => rules.findLast(({ fits }) => fits(path))?.leavesOut ?? false;
}
