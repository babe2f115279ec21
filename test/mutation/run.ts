import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equivalent } from './equivalent.js';
import { mutantsOf, type Mutant } from './mutants.js';
import { makeWorkspace, root, type Workspace } from './workspace.js';

/**
 * `npm run test:mutation [PART OF A FILE'S NAME]`: changes one operator, sign, comparison or constant
 * of the paper's module at a time, in a copy, and runs its tests. Each change must fail one, but for
 * those that `equivalent.ts` explains. Exit code 1 if others survive.
 */
const sources = [
  ...readdirSync(join(root, 'src/bayesian-bits')).map((name) => `src/bayesian-bits/${name}`),
  'src/kernels/fused.ts',
];
/** Quick tests first: those of plain numbers load no TensorFlow, and most mutants fail there. */
const plainTests = ['gates', 'levels', 'prior', 'bops', 'sample'].map(bayesianBits);
const tensorStages = [
  ['test/kernels/fused.test.ts', ...['quantizer-ends', 'quantizer'].map(bayesianBits)],
  ['golden-quantizer'].map(bayesianBits),
];
const onlyInTensorTests = /quantizer|kernels/;
const workers = 2;
const timeoutMs = 60_000;

interface Case {
  readonly file: string;
  /** The file as it is. */
  readonly original: string;
  readonly mutant: Mutant;
}
type Outcome = 'killed' | 'timed out' | 'survived';

const wanted = process.argv[2] ?? '';
const cases = sources
  .filter((file) => file.includes(wanted))
  .flatMap((file) => {
    const original = readFileSync(join(root, file), 'utf8');
    return mutantsOf(original).map((mutant): Case => ({ file, original, mutant }));
  });
process.exitCode = await run();

async function run(): Promise<number> {
  say(`${cases.length} mutants`);
  const queue = [...cases];
  const outcomes = new Map<Case, Outcome>();
  const workspaces = Array.from({ length: workers }, makeWorkspace);
  try {
    for (const workspace of workspaces) await checkUnchanged(workspace);
    await Promise.all(
      workspaces.map(async (workspace) => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const outcome = await outcomeOf(workspace, next);
          outcomes.set(next, outcome);
          if (outcome !== 'killed') say(`${outcome}: ${described(next)}`);
        }
        // Else mutants may have failed for another reason than their change.
        await checkUnchanged(workspace);
      }),
    );
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
  return report(outcomes);
}

async function checkUnchanged(workspace: Workspace): Promise<void> {
  const outcome = await workspace.test([plainTests, ...tensorStages].flat(), 5 * timeoutMs);
  if (outcome !== 'passed') throw new Error(`The tests fail as they are:\n${workspace.output()}`);
}

async function outcomeOf(workspace: Workspace, { file, original, mutant }: Case): Promise<Outcome> {
  workspace.write(file, mutant.source);
  try {
    const plainStages = onlyInTensorTests.test(file) ? [] : [plainTests];
    for (const files of [...plainStages, ...tensorStages]) {
      const outcome = await workspace.test(files, timeoutMs);
      if (outcome === 'timed out') return outcome;
      if (outcome === 'failed') return 'killed';
    }
    return 'survived';
  } finally {
    workspace.write(file, original);
  }
}

function report(outcomes: ReadonlyMap<Case, Outcome>): number {
  const having = (outcome: Outcome) => cases.filter((each) => outcomes.get(each) === outcome);
  const survivors = having('survived');
  const unexplained = survivors.filter((each) => !explanationOf(each));
  const stale = equivalent.filter(
    (entry) =>
      entry.file.includes(wanted) && !survivors.some((each) => explanationOf(each) === entry),
  );
  say(
    `\n${cases.length} mutants: ${having('killed').length} killed, ` +
      `${having('timed out').length} timed out, ${survivors.length} survived, ` +
      `${survivors.length - unexplained.length} of them known to be equivalent`,
  );
  for (const each of unexplained) say(`SURVIVED ${described(each)}`);
  for (const { file, code, after } of stale) {
    say(`NOT AMONG THE SURVIVORS, remove it from equivalent.ts: ${file}: ${code} -> ${after}`);
  }
  return unexplained.length + stale.length > 0 ? 1 : 0;
}

function explanationOf({ file, mutant }: Case) {
  return equivalent.find(
    (entry) =>
      entry.file === file &&
      entry.code === mutant.code &&
      entry.column === mutant.column &&
      entry.before === mutant.before &&
      entry.after === mutant.after,
  );
}

function described({ file, mutant: { line, code, before, after } }: Case): string {
  return `${file}:${line}  ${before}  ->  ${after}    in  ${code}`;
}

function bayesianBits(name: string): string {
  return `test/bayesian-bits/${name}.test.ts`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
