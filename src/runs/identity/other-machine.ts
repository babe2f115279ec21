import { UserError } from '../../errors.js';
import type { RunRecord } from '../folder/record-file.js';

/** The record of a run resumed on another machine; the current record if no step had been trained. */
export function goneOn(
  recorded: RunRecord,
  current: RunRecord,
  { epochs, steps }: { readonly epochs: number; readonly steps: number },
): RunRecord {
  if (epochs === 0 && steps === 0) return current;
  const { device, instructionSet } = current;
  const segment = {
    ...{ afterEpochs: epochs, afterSteps: steps, device },
    ...(instructionSet === undefined ? {} : { instructionSet }),
  };
  return { ...recorded, segments: [...(recorded.segments ?? []), segment] };
}

/** Combine the checkpoint's warning with the differences between machines. */
export function warningOf(
  warning: string | undefined,
  machine: readonly string[],
): string | undefined {
  if (machine.length === 0) return warning;
  const moved = `The run is resumed on another machine, so the last bits will differ:\n  ${machine.join('\n  ')}`;
  return warning === undefined ? moved : `${warning}\n${moved}`;
}

export function otherMachine(folder: string, machine: readonly string[]): UserError {
  return new UserError(
    `${folder}: expected the machine that computed the run (--same-machine), found another one:\n  ` +
      `${machine.join('\n  ')}\nResume it there, or without --same-machine: then the last bits will differ.`,
  );
}
