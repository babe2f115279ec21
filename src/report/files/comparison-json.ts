import { z } from 'zod';
import type { Decoded } from '../../files/json-file.js';
import type { Comparison } from '../comparison/compare-methods.js';
import type { Difference } from '../comparison/difference.js';
import type { Spread } from '../statistics.js';

/** Values of a row's runs. */
export const spreadSchema = z.object({
  mean: z.number(),
  standardError: z.number().nullable().describe('null for a single value'),
  halfInterval95: z.number().nullable(),
  values: z.array(z.number()).describe('By seed'),
});

const costUnitSchema = z.enum(['percent', 'bops']);

const differenceSchema = z.object({
  mean: z.number(),
  halfInterval95: z.number(),
  by: z.enum(['pairs', 'Welch']),
  counts: z.array(z.int()),
  holdsZero: z.boolean(),
});

const costSchema = z.object({ unit: costUnitSchema, value: z.number() });

const atCostSchema = z.object({
  cost: z.number().describe('In the comparison’s unit'),
  named: costSchema.describe('As given to --at'),
  methods: z.array(
    z.object({
      method: z.string(),
      seeds: z.int(),
      testAccuracyPercent: spreadSchema.nullable().describe('null: no seed reaches the cost'),
    }),
  ),
  differences: z.array(
    z.object({
      method: z.string(),
      less: z.string(),
      of: differenceSchema.nullable().describe('null: too few seeds'),
    }),
  ),
});

const hypervolumeSchema = z.object({
  from: z.number(),
  to: z.number(),
  abovePercent: z.number(),
  methods: z.array(z.object({ method: z.string(), area: spreadSchema, excluded: z.int() })),
});

export const comparisonSchema = z.object({
  unit: costUnitSchema.describe(
    'Of costs: relative bit operations in percent, or bit operations if networks differ in size',
  ),
  atCosts: z.array(atCostSchema),
  without: z
    .array(costSchema)
    .describe('Costs not comparable here: percentages for networks that differ in size'),
  hypervolume: hypervolumeSchema.nullable(),
});

export function spread(of: Spread): Decoded<typeof spreadSchema> {
  const { mean, standardError, halfInterval, values } = of;
  return {
    mean,
    standardError: standardError ?? null,
    halfInterval95: halfInterval ?? null,
    values,
  };
}

function differenceJson(of: Difference): Decoded<typeof differenceSchema> {
  const { mean, halfInterval, by, counts, holdsZero } = of;
  return { mean, halfInterval95: halfInterval, by, counts, holdsZero };
}

export function comparisonJson({
  unit,
  atCosts,
  without,
  hypervolume,
}: Comparison): Decoded<typeof comparisonSchema> {
  return {
    unit,
    atCosts: atCosts.map(({ cost, named, methods, differences }) => ({
      cost,
      named,
      methods: methods.map(({ method, seeds, accuracyPercent }) => ({
        method,
        seeds,
        testAccuracyPercent: accuracyPercent ? spread(accuracyPercent) : null,
      })),
      differences: differences.map(({ method, less, of }) => ({
        method,
        less,
        of: of ? differenceJson(of) : null,
      })),
    })),
    without: [...without],
    hypervolume: hypervolume
      ? {
          from: hypervolume.from,
          to: hypervolume.to,
          abovePercent: hypervolume.abovePercent,
          methods: hypervolume.methods.map(({ method, area, excluded }) => ({
            method,
            area: spread(area),
            excluded,
          })),
        }
      : null,
  };
}
