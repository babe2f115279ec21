import type { Dataset } from '../../src/data/dataset.js';
import { loadDataset, type DatasetConfig } from '../../src/data/load.js';
import { header, testImagesName, trainImagesName, type Files } from './idx-files.js';

/** The user's own data set with this number of classes. */
export function loadOwn(
  path: string,
  classes = 10,
  rest: Partial<DatasetConfig> = {},
): Promise<Dataset> {
  return loadDataset({ ...rest, path, classes });
}

/** Image files with these dimensions, in place of the small ones; pixels count up. */
export function imageFiles(train: number[], test: number[], ...names: string[]): Files {
  const file = (dimensions: number[], first: number) => {
    const size = dimensions.reduce((product, n) => product * n, 1);
    return Buffer.concat([
      header(...dimensions),
      Uint8Array.from({ length: size }, (_, i) => first + i),
    ]);
  };
  const [trainName = trainImagesName, testName = testImagesName] = names;
  return {
    [trainImagesName]: null,
    [testImagesName]: null,
    [trainName]: file(train, 0),
    [testName]: file(test, 7),
  };
}
