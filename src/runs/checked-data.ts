import type { Places } from '../config/places.js';
import type { Dataset } from '../data/dataset.js';
import { loadDataset } from '../data/load.js';
import { UserError } from '../errors.js';
import { datasetRecord } from './folder/record-file.js';
import { dataDifferences } from './identity/data-origin.js';
import { placed } from './places.js';
import type { StoredRun } from './read-run.js';
import { parentDifferences, teacherDifferences } from './same-run.js';
import { startingWeights, teacherOrigin } from './starting-weights.js';

/**
 * Read a run's data set again: the same images and labels, wherever they are now.
 *
 * @param places current folders of moved data, parent and teacher; a parent or teacher named here is compared
 *   with the record
 * @throws UserError if something cannot be read or differs from what the run was trained with
 */
export async function checkedData(run: StoredRun, places: Places): Promise<Dataset> {
  const now = placed(run.config, places);
  const dataset = await loadDataset(now.dataset);
  const ofData = dataDifferences(run.record.dataset, datasetRecord(dataset));
  const { from, teacher } = places;
  const ofParent = parentDifferences(run.record, (await startingWeights(from)) ?? {});
  const ofTeacher = teacherDifferences(
    run.record,
    teacher === undefined ? {} : { teacher: await teacherOrigin(teacher) },
  );
  const differences = [...ofData, ...ofParent, ...ofTeacher];
  if (differences.length === 0) return dataset;
  throw new UserError(
    `${run.folder}: expected the run's original inputs, found others:\n  ` +
      `${differences.join('\n  ')}\nName the folder of the original: ` +
      [
        ...(ofData.length > 0 ? ['dataset.path=FOLDER'] : []),
        ...(ofParent.length > 0 ? ['from=FOLDER'] : []),
        ...(ofTeacher.length > 0 ? ['teacher.run=FOLDER'] : []),
      ].join(' '),
  );
}
