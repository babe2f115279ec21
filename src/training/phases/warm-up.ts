/** mu after a number of epochs, with a linear warm-up. */
export function warmedUp(mu: number, done: number, warmUpEpochs: number): number {
  return done < warmUpEpochs ? (mu * done) / warmUpEpochs : mu;
}
