import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../errors.js';
import type { RunningJobObserver } from '../sweep/run-job.js';
import { formatBytes } from '../text/bytes.js';
import { clock } from '../text/clock.js';
import { shell } from '../text/shell.js';
import { endedBy, untilInterrupted } from './interrupt.js';
import { tradeOffText } from './output/figures.js';
import { note, say } from './output/say.js';

interface SweepPointOptions {
  readonly threads?: number;
  readonly readyFile?: string;
}

/** `bbits sweep-point`: train one point in this process, as launchers do on other machines and in queues. */
export function sweepPointCommand(): Command {
  return new Command('sweep-point')
    .description('Train one point that bbits sweep has launched')
    .argument('<folder>', 'the folder that bbits sweep has written for its jobs')
    .argument('<point>', 'the name of the point')
    .option('--threads <n>', 'use at most this many threads', threads)
    .option('--ready-file <file>', 'file to write once signals are handled')
    .action(sweepPoint);
}

async function sweepPoint(
  folder: string,
  name: string,
  { threads, readyFile }: SweepPointOptions,
): Promise<void> {
  await untilInterrupted(
    () => `the progress of ${name} is kept`,
    async (signal) => {
      if (readyFile !== undefined) await writeFile(readyFile, 'ready\n');
      const { lateByMs, readJob } = await import('../sweep/launchers/manifest.js');
      const { runJob } = await import('../sweep/run-job.js');
      const job = await readJob(folder, name);
      let steps = 0;
      const observer: RunningJobObserver = {
        progress(_, { epoch, step, stepsPerEpoch }) {
          steps += 1;
          if (step === stepsPerEpoch) note(`${name}: epoch ${epoch}`);
        },
        warning(_, text) {
          note(`${name}: ${text}`);
        },
      };
      const end = await runJob(withThreads(job, threads), signal, observer, lateByMs);
      if (end.status === 'finished') {
        say(`${name}: ${tradeOffText(end)}`);
        // For choosing the limits of the next points in the queue.
        const bytes = 1024 * process.resourceUsage().maxRSS;
        note(
          `${name}: this attempt took ${clock(process.uptime())} and ${formatBytes(bytes)} of memory`,
        );
        return;
      }
      if (end.status === 'interrupted') {
        // A repeated call would get no further.
        if (steps === 0 && endedBy(signal) === 'SIGUSR1') throw new UserError(tooShort(name));
        signal.throwIfAborted();
      }
      throw new UserError(`${name}: ${end.status}: ${end.reason}`);
    },
    () => shell`bbits sweep-point ${folder} ${name}`,
  );
}

function tooShort(name: string): string {
  return (
    `${name}: expected time for at least one step before SIGUSR1, found none. Increase slurm.time, or ` +
    'decrease slurm.saveSeconds.'
  );
}

/** Limit the job to the threads that it was given. */
function withThreads<J extends { readonly loaded: { readonly config: { threads?: number } } }>(
  job: J,
  most: number | undefined,
): J {
  if (most === undefined) return job;
  const { config } = job.loaded;
  const threads = Math.min(config.threads ?? most, most);
  return { ...job, loaded: { ...job.loaded, config: { ...config, threads } } };
}

function threads(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}
