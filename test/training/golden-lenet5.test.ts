import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GateValues } from '../../src/bayesian-bits/sample.js';
import type { NamedTensors } from '../../src/compile/program.js';
import { loadDataset } from '../../src/data/load.js';
import { batchFiller } from '../../src/data/batches.js';
import { lenet5 } from '../../src/models/lenet5.js';
import { planNetwork } from '../../src/nn/plan.js';
import { createLearner, type Learner, type StepMetrics } from '../../src/training/learner.js';
import { initAdamNumbers } from '../../src/training/adam.js';
import { readGolden } from '../helpers/golden.js';
import { startTestBackend } from '../helpers/native.js';

interface Summary {
  size: number;
  sum: number;
  norm: number;
  /** Some entries by their index in the golden layout. */
  at: Record<string, number>;
}
interface Golden {
  batchSize: number;
  steps: number;
  mu: number;
  learningRate: number;
  firstImage: number;
  metrics: { loss: number; crossEntropy: number; regularizer: number }[];
  initialWeights: { start: number; fanIn: Record<string, number> };
  initial: Record<string, number[]>;
  noise: Record<string, number[]>[];
  gradients: Record<string, Summary>;
  final: Record<string, Summary>;
  testLogits: { values: number[][] };
}

const golden = readGolden<Golden>('lenet5-steps.json');
const plan = planNetwork(lenet5(10), [28, 28, 1]);
const adam = { learningRate: golden.learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
