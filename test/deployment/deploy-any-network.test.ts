import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { anyNetwork } from '../helpers/any-network.js';
import { startTestBackend } from '../helpers/test-backend.js';
import { allBits, classes, eightBits, largestDifference, trained } from './trained-and-deployed.js';

beforeAll(startTestBackend);

const imageShape = [7, 6, 2];

test('in any network each channel can be dropped and removed, alone or with others', () => {
  fc.assert(
    fc.property(anyNetwork(imageShape, classes, 4), fc.nat(), ({ layers }, some) => {
      const { plan, settled, dispose } = trained(layers, imageShape);
      const gated = plan.quantizers.filter(({ gatedChannels }) => gatedChannels > 0);
      const expectEqual = (dropped: (name: string, channels: number) => readonly number[]) => {
        const { gated, logits } = settled(({ name, kind, gatedChannels }) => ({
          // Activations are not rounded, since values at ties may round either way.
          bits: kind === 'weights' ? eightBits : allBits,
          dropped: dropped(name, gatedChannels),
        }));
        const largest = Math.max(1, ...gated.map(Math.abs));
        expect(largestDifference(gated, logits)).toBeLessThan(1e-4 * largest);
      };
      for (const site of gated) {
        for (let channel = 0; channel < site.gatedChannels; channel++) {
          expectEqual((name) => (name === site.name ? [channel] : []));
        }
      }
      expectEqual((name, channels) =>
        Array.from({ length: channels }, (_, channel) => channel).filter(
          (channel) => ((some >> ((channel + name.length) % 20)) & 1) === 1,
        ),
      );
      dispose();
    }),
    { numRuns: 6 },
  );
});
