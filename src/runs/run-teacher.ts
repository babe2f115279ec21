import type { Config } from '../config/config.js';
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { trainingSetup } from '../setup/training-setup.js';
import type { Teacher } from '../training/teacher.js';
import type { ParentRecord } from './folder/record-file.js';
import { readRun, type StoredRun } from './read-run.js';
import { learnerOf } from './run-learner.js';
import { originOf, teacherDigest } from './starting-weights.js';

/** The network of a teacher run. */
export interface RunTeacher {
  readonly teach: Teacher;
  /** Its entry in the student's record. */
  readonly origin: ParentRecord;
  dispose(): void;
}

/**
 * Open the config's teacher network, with test-time gates; the backend must be running.
 *
 * @returns undefined if the config has no teacher
 * @throws UserError if the teacher's run cannot be read, or was trained on other images (exit code 2)
 */
export async function openTeacher(
  config: Config,
  dataset: Dataset,
): Promise<RunTeacher | undefined> {
  if (config.teacher === undefined) return undefined;
  const run = await readRun(config.teacher.run);
  checkImages(run, dataset);
  const learner = learnerOf(run, trainingSetup(config, dataset).sizes.batchSizes);
  return {
    teach: (batch) => learner.evaluate(batch).logits,
    origin: await originOf(run, teacherDigest(run)),
    dispose: () => {
      learner.dispose();
    },
  };
}

function checkImages({ folder, record }: StoredRun, dataset: Dataset): void {
  for (const key of ['classes', 'imageShape', 'mean', 'std'] as const) {
    const [found, expected] = [String(record.dataset[key]), String(dataset[key])];
    if (found === expected) continue;
    throw new UserError(
      `teacher.run: found ${folder}, a run on images with ${key} ${found}, expected ${expected} as in ` +
        `${dataset.name}. Name another run, or set dataset as in that run.`,
      2,
    );
  }
}
