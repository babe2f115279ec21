import { constants } from 'node:os';

/** What asks a process to stop, of what this system has. Clusters send SIGUSR1 some time before a job's end. */
export const stopSignals = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const).filter(
  (name) => name in constants.signals,
);
