import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupSame } from '../../../src/runs/identity/group-same.js';

/** A thing with one fact; an unknown fact counts as equal to any other. */
type Thing = { readonly fact: number | undefined };
const isSame = (a: Thing, b: Thing) =>
  a.fact === undefined || b.fact === undefined || a.fact === b.fact;
const isKnown = ({ fact }: Thing) => fact !== undefined;
const things = fc.array(
  fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }).map((fact): Thing => ({ fact })),
);

test('things known to differ are never grouped together, in any order', () => {
  fc.assert(
    fc.property(things, (values) => {
      const groups = groupSame(values, isSame, isKnown);
      expect(groups.flat().toSorted(byOrder(values))).toEqual(values);
      for (const group of groups) {
        expect(new Set(group.filter(isKnown).map(({ fact }) => fact)).size).toBeLessThan(2);
      }
      const facts = groups.flatMap((group) => group.find(isKnown)?.fact ?? []);
      expect(new Set(facts).size).toBe(facts.length);
      expect(groups.map(([first]) => values.indexOf(first as Thing))).toEqual(
        groups.map(([first]) => values.indexOf(first as Thing)).toSorted((a, b) => a - b),
      );
    }),
  );
});

const byOrder = (values: readonly Thing[]) => (a: Thing, b: Thing) =>
  values.indexOf(a) - values.indexOf(b);

test('an unknown thing joins the only group it can belong to, and none of several', () => {
  const [one, two, unknown] = [{ fact: 1 }, { fact: 2 }, { fact: undefined }];
  expect(groupSame([unknown, one], isSame, isKnown)).toEqual([[unknown, one]]);
  expect(groupSame([one, unknown, two], isSame, isKnown)).toEqual([[one], [unknown], [two]]);
});
