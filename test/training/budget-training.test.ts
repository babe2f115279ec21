import { beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { fixedGates } from '../../src/training/quantizer-state.js';
import { createTrainer } from '../../src/training/trainer.js';
import { learnableDataset } from '../helpers/learnable-mnist.js';
import { startTestBackend } from '../helpers/test-backend.js';

const dataset = learnableDataset(130, 60);

function configured(...overrides: string[]) {
  return parseConfig('dataset: mnist\nmodel: { name: lenet5 }', 'c', overrides);
}

describe('training to a budget', () => {
  beforeAll(startTestBackend);

  test('fixes its gates after three quarters of the steps, and not before', async () => {
    const model = 'model: { layers: [{ type: flatten }, { type: dense, name: out, units: 10 }] }';
    const config = parseConfig(`dataset: mnist\n${model}`, 'c', [
      'target={relativeBopsPercent: 20}',
      'training.epochs=1',
      'training.batchSize=32',
    ]);
    const trainer = createTrainer(config, learnableDataset(128, 1));
    const areFixed: boolean[] = [];
    await trainer.trainEpoch(1, {
      onStep: () => {
        areFixed.push(trainer.quantizers().flatMap(fixedGates).every(Boolean));
      },
    });
    trainer.dispose();
    expect(areFixed).toEqual([false, false, false, true]);
  });

  test.each([0.5, 2])(
    'of %d percent ends at most 5 percent below it, whatever the gates have learned',
    async (target) => {
      const config = configured(
        'model.width=0.4',
        `target={relativeBopsPercent: ${target}}`,
        'training.epochs=2',
        'training.batchSize=32',
        'optimizers.gates.learningRate=1',
      );
      const trainer = createTrainer(config, dataset);
      await trainer.trainEpoch(1, {});
      expect(trainer.quantizers().flatMap(fixedGates)).toContain(false);
      await trainer.trainEpoch(2, {});
      const { relativeBopsPercent } = trainer.cost();
      expect(relativeBopsPercent).toBeLessThanOrEqual(target);
      expect(relativeBopsPercent).toBeGreaterThan(0.95 * target);
      expect(trainer.quantizers().flatMap(fixedGates)).not.toContain(false);
      trainer.dispose();
    },
  );
});
