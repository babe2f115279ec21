import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../src/files/write-file.js';
import type { Command, Part } from './gpu-parts.js';
import type { Ended } from './run-in-time.js';

interface Running {
  readonly secondsLeft: () => number;
  readonly run: (command: Command, seconds: number) => Promise<Ended>;
  readonly say: (line: string) => void;
}

/** With less time left, training is not started. */
const fewestSeconds = 60;

/**
 * Run the remaining parts while time is left. In the folder, NAME.json has a part's result, NAME.failed.json
 * that of a failed part, which the next call repeats.
 *
 * @returns the names of failed parts and of those not run for lack of time
 */
export async function runParts(
  parts: readonly Part[],
  folder: string,
  { secondsLeft, run, say }: Running,
): Promise<{ failed: string[]; left: string[] }> {
  const failed: string[] = [];
  const left: string[] = [];
  for (const { name, commands, removes = [], mostSeconds } of parts) {
    const done = join(folder, `${name}.json`);
    if (existsSync(done)) continue;
    const inVain = join(folder, `${name}.failed.json`);
    if (secondsLeft() < (mostSeconds ?? fewestSeconds)) {
      left.push(name);
      continue;
    }
    say(name);
    for (const path of removes) await rm(path, { recursive: true, force: true });
    const isTraining = mostSeconds === undefined;
    const end = secondsLeft() - (mostSeconds ?? Infinity);
    const ended: Ended[] = [];
    for (const command of commands) {
      ended.push(await run(command, secondsLeft() - Math.max(end, 0)));
      if (ended.at(-1)?.status !== 0) break;
    }
    const last = ended.at(-1);
    if (isTraining && last?.timeIsUp) {
      left.push(name);
      continue;
    }
    const isDone = last?.status === 0;
    if (!isDone) failed.push(name);
    await writeWhole(isDone ? done : inVain, `${JSON.stringify(told(commands, ended), null, 2)}\n`);
    if (isDone) await rm(inVain, { force: true });
  }
  return { failed, left };
}

function told(commands: readonly Command[], ended: readonly Ended[]) {
  return ended.map(({ stdout, ...rest }, at) => ({
    ...commands[at],
    ...rest,
    stdout: parsed(stdout),
  }));
}

/** Parse JSON; keep the end of other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.slice(-4000);
  }
}
