import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hardConcrete } from '../../../src/bayesian-bits/hard-concrete.js';
import type { JsonFile } from '../../../src/files/json-file.js';
import { compactEpoch } from '../../../src/runs/compact/compact-epoch.js';
import { columnsOf } from '../../../src/runs/compact/metrics-columns.js';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
} from '../../../src/runs/folder/checkpoint-file.js';
import {
  compactMetricsFile,
  type MetricsColumns,
} from '../../../src/runs/folder/compact-metrics-file.js';
import { invocationsFile } from '../../../src/runs/folder/invocations-file.js';
import { metricsFile } from '../../../src/runs/folder/metrics-file.js';
import { recordFile } from '../../../src/runs/folder/record-file.js';
import { resultFile } from '../../../src/runs/folder/result-file.js';
import { sensitivityFile } from '../../../src/runs/folder/sensitivity-file.js';
import { statusFile } from '../../../src/runs/folder/status-file.js';
import { timingsFile } from '../../../src/runs/folder/timings-file.js';
import { decodeWeights, encodeWeights } from '../../../src/runs/folder/weights-file.js';
import * as any from '../../helpers/any-run-files.js';

/** A file and arbitrary contents for it. */
const holding = <T>(file: JsonFile<T>, anything: fc.Arbitrary<T>) =>
  [file.name, file as JsonFile<unknown>, anything as fc.Arbitrary<unknown>] as const;

/** The columns of a single epoch. */
const anyColumns = any.anyMetrics.map((epoch): MetricsColumns => {
  const [columns] = columnsOf([compactEpoch(epoch, hardConcrete)]);
  if (columns === undefined) throw new Error('no columns');
  return columns;
});

const values = [
  holding(recordFile, any.anyRecord),
  holding(resultFile, any.anyResult),
  holding(sensitivityFile, any.anySensitivity),
  holding(statusFile, any.anyStatus),
];
const lines = [
  holding(metricsFile, any.anyMetrics),
  holding(compactMetricsFile, anyColumns),
  holding(timingsFile, any.anyTiming),
  holding(invocationsFile, any.anyInvocation),
];

describe.each([...values, ...lines])('%s', (_, file, anything) => {
  test('survives a round trip', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const { data, error } = file.decode(file.encode(value));
        expect(error?.issues).toBeUndefined();
        expect(data).toEqual(value);
      }),
    );
  });

  test('may have fields from a later version', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const later = { ...(value as object), later: { than: 'this' } };
        expect(file.decode(file.encode(later)).data).toEqual(value);
      }),
    );
  });

  test('rejects arbitrary JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(file.decode(JSON.stringify(value)).success).toBe(false);
      }),
    );
    expect(file.decode('').success).toBe(false);
  });
});

test.each(lines)('%s has one line per entry', (_, file, anything) => {
  fc.assert(
    fc.property(anything, (value) => {
      expect(file.encode(value)).toMatch(/^[^\n]+\n$/);
    }),
  );
});

const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });
const sizeOf = (axes: readonly number[]) => axes.reduce((size, axis) => size * axis, 1);
const floats = (length: number) =>
  fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true });
const doubles = (length: number) =>
  fc.float64Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true });
const tensor = shape.chain((axes) =>
  fc.record({ shape: fc.constant(axes), values: floats(sizeOf(axes)) }),
);

test('weights survive a round trip, to the bit', () => {
  const quantizer = fc
    .record({
      channels: fc.nat(4).chain(doubles),
      rounding: fc.option(
        fc.record({
          beta: any.anyNumber,
          bits: doubles(4).map((bits) => Array.from(bits)),
        }),
        { nil: undefined },
      ),
    })
    .map((learned) => ({ name: 'conv1/weight', ...learned }));
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tensor),
      quantizer,
      (tensors, learned) => {
        const read = decodeWeights(encodeWeights({ tensors, quantizers: [learned] }), 'x');
        for (const [name, { shape, values }] of Object.entries(tensors)) {
          expect(read.tensor(name, shape)).toEqual({ shape, values });
        }
        const { channels, ...rest } = read.quantizer({
          name: learned.name,
          gatedChannels: learned.channels.length,
          rounded: learned.rounding !== undefined,
        });
        const { channels: written, ...others } = learned;
        expect(rest).toEqual(others);
        expect(Array.from(channels)).toEqual(Array.from(written));
      },
    ),
  );
});

test('a checkpoint survives a round trip, to the bit', () => {
  const means = fc.record({
    loss: any.anyNumber,
    crossEntropy: any.anyNumber,
    regularizer: any.anyNumber,
    accuracyPercent: any.anyNumber,
  });
  const stream = fc.array(fc.integer(), { minLength: 4, maxLength: 4 });
  const run = {
    config: fc.string({ unit: 'binary' }),
    recordedEpochs: any.anyCount,
    beforeFineTuning: any.anyPhase,
    extendedAfterEpochs: fc.array(any.anyCount),
    trainer: fc.record(
      {
        position: fc.record({
          epoch: any.anyCount,
          step: any.anyCount,
          images: any.anyCount,
          means,
        }),
        streams: fc.record({ order: stream, gates: stream, augmentation: stream }),
        stepsDone: any.anyCount,
        budget: fc.record({ integral: any.anyNumber, isSettled: fc.boolean() }),
        tensors: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tensor),
      },
      { requiredKeys: ['position', 'streams', 'stepsDone', 'tensors'] },
    ),
  };
  const anything: fc.Arbitrary<Checkpoint> = fc.record(run, {
    requiredKeys: ['config', 'recordedEpochs', 'extendedAfterEpochs', 'trainer'],
  });
  fc.assert(
    fc.property(anything, (checkpoint) => {
      const bytes = Buffer.from(encodeCheckpoint(checkpoint));
      expect(decodeCheckpoint(bytes, 'x')).toEqual(checkpoint);
    }),
  );
});
