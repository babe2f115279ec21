import * as tf from '@tensorflow/tfjs-core';
import type { SafeTensor } from '../files/safetensors.js';
import { betaOf, phiOf, type QuantizerState } from '../training/quantizer-state.js';
import type { Trainer } from '../training/trainer.js';
import type { LearnedQuantizer, LearnedWeights } from './folder/weights-file.js';

/** A trainer's learned parameters, which may share its memory on a CPU: write them before the next step. */
export function trainedWeights(trainer: Pick<Trainer, 'weights' | 'quantizers'>): LearnedWeights {
  const weights = trainer.weights();
  const tensors: Record<string, SafeTensor> = {};
  for (const [name, tensor] of Object.entries(weights)) {
    tensors[name] = { shape: tensor.shape, values: tensor.dataSync<'float32'>() };
  }
  tf.dispose(weights);
  return { tensors, quantizers: trainer.quantizers().map(learnedQuantizer) };
}

export function learnedQuantizer(quantizer: QuantizerState): LearnedQuantizer {
  const { name, rounded } = quantizer.site;
  const { channels, bits } = phiOf(quantizer);
  return { name, channels, rounding: rounded ? { beta: betaOf(quantizer), bits } : undefined };
}
