/** mu after so many epochs: it rises in a line over the first ones. */
export function warmedUp(mu: number, done: number, warmUpEpochs: number): number {
  return done < warmUpEpochs ? (mu * done) / warmUpEpochs : mu;
}
