import type { Config } from '../config/config.js';
import { layersError } from '../config/layers/places.js';
import type { Dataset } from '../data/dataset.js';
import { UserError } from '../errors.js';
import { models } from '../models/models.js';
import { MisfitError } from '../nn/misfit.js';
import { withoutFoldedBatchNorms, type Network } from '../nn/network.js';
import type { Plan } from '../nn/plan.js';
import { planNetwork } from '../nn/plan-network.js';
import type { PhaseName } from './epochs.js';

/** The properties of a data set that a network must fit. */
export type DataShape = Pick<Dataset, 'name' | 'classes' | 'imageShape'>;

/**
 * Plan a config's network for a data set.
 *
 * @throws UserError (exit code 2) if they do not fit
 */
export function planFor(model: Config['model'], data: DataShape): Plan {
  return fittingPlan(networkOf(model, data.classes), data);
}

/**
 * Plan a run's network in one phase, for training, reading or counting. During fine-tuning, biases replace
 * folded batch norms.
 *
 * @throws UserError (exit code 2) if network and data do not fit
 */
export function runPlan({ model }: Pick<Config, 'model'>, data: DataShape, phase: PhaseName): Plan {
  const network = networkOf(model, data.classes);
  return fittingPlan(phase === 'fine-tuning' ? withoutFoldedBatchNorms(network) : network, data);
}

function fittingPlan(network: Network, data: DataShape): Plan {
  try {
    const plan = planNetwork(network, data.imageShape);
    const [found, ...others] = plan.outputShape;
    if (found === data.classes && others.length === 0) return plan;
    const text = `its last layer has the output shape [${plan.outputShape.join(', ')}], expected [${data.classes}], one number for each class`;
    throw new MisfitError([{ path: [network.layers.length - 1], text }]);
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    throw misfit(network, data, error);
  }
}

function networkOf(model: Config['model'], classes: number): Network {
  if ('layers' in model) return { name: 'own network', ...model };
  return models[model.name]({ ...model, classes });
}

function misfit(network: Network, { name, imageShape }: DataShape, cause: MisfitError): UserError {
  const images = `the ${imageShape.join('x')} images of ${name}`;
  return (
    layersError(network.layers, cause.misfits, images) ??
    new UserError(
      `model: found ${network.name}, which does not fit ${images}: ${cause.message}. Change the model, or ` +
        'choose another dataset.',
      2,
      { cause },
    )
  );
}
