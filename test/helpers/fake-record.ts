import { createHash } from 'node:crypto';
import type { BackendInfo } from '../../src/backend/start.js';
import { runRecord, writeRecord } from '../../src/runs/folder/record-file.js';
import type { DataShape } from '../../src/setup/plan-for-config.js';

export const mnistShape: DataShape = { name: 'mnist', classes: 10, imageShape: [28, 28, 1] };

const backend: BackendInfo = {
  name: 'native-cpu',
  tensorflow: '2.21.0',
  tfjs: '4.22.0',
  device: 'a CPU',
  threads: 1,
  kernels: null,
};

/** Write a run's record as training does, for images whose pixels have mean and standard deviation 0.5. */
export async function writeFakeRecord(folder: string, seed: number, data: DataShape) {
  const channels = new Array<number>(data.imageShape[2]).fill(0.5);
  const sum = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  const digests = { images: sum, labels: sum };
  const contents = { training: digests, test: digests };
  const dataset = { ...data, mean: channels, std: channels, contents, files: [] };
  await writeRecord(folder, runRecord(seed, backend, dataset));
}
