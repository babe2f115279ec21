import { expect, test } from 'vitest';
import { keptChannelsPercent, prunableLayers } from '../../src/inspection/kept-channels.js';

const layer = (name: string, weightBits: number | null) => ({ name, weightBits });
const namesOf = (layers: readonly { name: string }[]) => layers.map(({ name }) => name);

test('channels can be dropped in all layers with weights but the last, not in sums', () => {
  const [a, b, sum, c] = [layer('a', 2), layer('b', 8), layer('sum', null), layer('c', 4)];
  expect(namesOf(prunableLayers([a, b, sum, c]))).toEqual(['a', 'b']);
  // If a sum gives the logits, its last term is the last layer.
  expect(namesOf(prunableLayers([a, b, sum]))).toEqual(['a']);
  expect(prunableLayers([c])).toEqual([]);
});

test('kept channels are counted over all layers together', () => {
  const kept = (keptChannels: number, channels: number) => ({ keptChannels, channels });
  expect(keptChannelsPercent([kept(1, 8), kept(24, 32)])).toBe(62.5);
  expect(keptChannelsPercent([kept(0, 8)])).toBe(0);
  expect(keptChannelsPercent([])).toBe(100);
});
