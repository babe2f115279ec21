import { beforeAll } from 'vitest';
import { startWhatThereIs } from '../helpers/test-backend.js';
import { checkModels } from '../models/check-models.js';

beforeAll(startWhatThereIs);

checkModels([
  { name: 'resnet18', width: 0.125, batchNorm: 'unfolded' },
  { name: 'resnet20', width: 0.5, batchNorm: 'folded' },
  { name: 'resnet32', width: 0.5, batchNorm: 'unfolded' },
  { name: 'resnet56', width: 0.5, batchNorm: 'unfolded' },
  { name: 'mobilenet-v2', width: 0.25, batchNorm: 'unfolded', learningRate: 2e-3 },
  { name: 'mobilenet-v2', width: 0.25, batchNorm: 'folded', learningRate: 2e-3 },
]);
