import type { Dataset } from '../../src/data/dataset.js';
import { loadDataset, type DatasetConfig } from '../../src/data/load.js';
import { header, TEST_IMAGES, TRAIN_IMAGES, type Files } from './idx-files.js';

/** A data set of the user's own, of so many classes. */
export function loadOwn(
  path: string,
  classes = 10,
  rest: Partial<DatasetConfig> = {},
): Promise<Dataset> {
  return loadDataset({ ...rest, path, classes });
}

/** Image files with these dimensions, in the place of the small ones; pixels count up. */
export function imageFiles(train: number[], test: number[], ...names: string[]): Files {
  const file = (dimensions: number[], first: number) => {
    const size = dimensions.reduce((product, n) => product * n, 1);
    return Buffer.concat([
      header(...dimensions),
      Uint8Array.from({ length: size }, (_, i) => first + i),
    ]);
  };
  const [trainName = TRAIN_IMAGES, testName = TEST_IMAGES] = names;
  return {
    [TRAIN_IMAGES]: null,
    [TEST_IMAGES]: null,
    [trainName]: file(train, 0),
    [testName]: file(test, 7),
  };
}
