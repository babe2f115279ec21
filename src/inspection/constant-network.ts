/** A message about a network that has no channels left on any path from image to logits. */
export const constantNetwork =
  'The network is a constant: a layer has lost all its channels, so that every image gets the same ' +
  'answer. Try a smaller mu, or a lower optimizers.gates.learningRate.';
