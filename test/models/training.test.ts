import { beforeAll } from 'vitest';
import { startTestBackend } from '../helpers/test-backend.js';
import { checkAnyNetworks, checkModels } from './check-models.js';

beforeAll(startTestBackend);

// test/long/deep-models.test.ts has the deeper models.
checkModels([
  { name: 'lenet5', width: 0.5, batchNorm: 'folded' },
  { name: 'vgg7', width: 0.0625, batchNorm: 'folded' },
  { name: 'vgg7', width: 0.0625, batchNorm: 'unfolded' },
  { name: 'resnet20', width: 0.5, batchNorm: 'unfolded' },
]);
checkAnyNetworks(4, 20);
