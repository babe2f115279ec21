/** What a network is that has no channels left on any way from image to logits, and what to do. */
export const constantNetwork =
  'The network is a constant: a layer has lost all its channels, so that every image gets the same ' +
  'answer. Try a smaller mu, or a lower optimizers.gates.learningRate.';
