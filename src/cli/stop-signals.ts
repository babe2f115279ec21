import { constants } from 'node:os';

/** This system's signals that ask a process to stop. Clusters send SIGUSR1 some time before a job ends. */
export const stopSignals = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const).filter(
  (name) => name in constants.signals,
);
