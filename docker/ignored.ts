/**
 * Which paths of the context a .dockerignore excludes. Supports `name`, `folder/*` and `!name`, the forms in
 * this project's file; the last matching line decides.
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
