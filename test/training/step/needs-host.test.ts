import { beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { trainingSetup } from '../../../src/setup/training-setup.js';
import { mainPhase } from '../../../src/training/phases/main-phase.js';
import { learnableDataset } from '../../helpers/learnable-mnist.js';
import { startNative } from '../../helpers/test-backend.js';

beforeAll(startNative);

/** Whether the host must act before each of these points of an epoch, asked in order. */
function needed(...overrides: string[]): boolean[] {
  const model = 'model: { layers: [{ type: flatten }, { type: dense, name: out, units: 10 }] }';
  const config = parseConfig(`dataset: mnist\n${model}`, 'c', ['training.epochs=1', ...overrides]);
  const { plan, sizes, streams } = trainingSetup(config, learnableDataset(16, 1));
  const phase = mainPhase(config, plan, sizes, streams.gates);
  const answers = [0, 0.25, 0.5, 0.75, 0.9].map((done) => {
    const answer = phase.needsHost(done);
    phase.beforeStep(done);
    return answer;
  });
  phase.learner.dispose();
  return answers;
}

test('the host acts before each step until a budget is settled, once to freeze gates, and otherwise never', () => {
  expect(needed()).toEqual([false, false, false, false, false]);
  expect(needed('target={relativeBopsPercent: 20}')).toEqual([true, true, true, true, false]);
  expect(needed('gates.frozenShare=0.5')).toEqual([false, false, true, false, false]);
});
