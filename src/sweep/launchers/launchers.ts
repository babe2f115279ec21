import type { CreateLauncher } from './launcher.js';

/** The launchers by name, as `bbits sweep --launcher` takes them; each is only loaded where it is used. */
export const launchers = {
  local: async () => (await import('./local-processes.js')).localProcesses,
} satisfies Readonly<Record<string, () => Promise<CreateLauncher>>>;

export type LauncherName = keyof typeof launchers;
