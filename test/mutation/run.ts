import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equivalent } from './equivalent.js';
import { mutantsOf, type Mutant } from './mutants.js';
import { root } from './root.js';
import { filesOf, stagesOf, targetOf, targets, type Target } from './targets.js';
import { makeWorkspace, type Workspace } from './workspace.js';

/**
 * `npm run test:mutation [PART OF A FILE'S PATH]`: mutates the sources of `targets.ts` in a copy, one operator,
 * sign, comparison, constant, call or part at a time, and runs the tests listed for them. Some test must fail for
 * each mutant, except for those explained in `equivalent.ts`; exit code 1 if others survive. A file takes minutes,
 * all of them hours.
 */
const workers = 2;

interface Case {
  readonly file: string;
  /** The tests that may kill it, in stages. */
  readonly stages: readonly (readonly string[])[];
  /** The unchanged file. */
  readonly original: string;
  readonly mutant: Mutant;
}
type Outcome = 'killed' | 'timed out' | 'survived';

/** Duration in milliseconds of each stage that has run on unchanged sources, by its tests. */
const durations = new Map<string, number>();
const longestMs = 30 * 60_000;

const wanted = process.argv[2] ?? '';
const cases = filesOf(
  targets.flatMap(({ sources }) => sources),
  'src',
)
  .filter((file) => file.includes(wanted))
  .flatMap((file) => {
    const original = readFileSync(join(root, file), 'utf8');
    const stages = stagesOf(file, targetOf(file) as Target);
    return mutantsOf(original).map((mutant): Case => ({ file, stages, original, mutant }));
  });
process.exitCode = await run();

async function run(): Promise<number> {
  say(`${cases.length} mutants`);
  const queue = [...cases];
  const outcomes = new Map<Case, Outcome>();
  const workspaces = await Promise.all(Array.from({ length: workers }, makeWorkspace));
  try {
    await Promise.all(
      workspaces.map(async (workspace) => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const outcome = await outcomeOf(workspace, next);
          outcomes.set(next, outcome);
          if (outcome !== 'killed') say(`${outcome}: ${described(next)}`);
        }
        // Otherwise mutants may have failed for another reason.
        for (const tests of durations.keys()) await checkUnchanged(workspace, tests);
      }),
    );
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
  return report(outcomes);
}

async function outcomeOf(
  workspace: Workspace,
  { file, stages, original, mutant }: Case,
): Promise<Outcome> {
  try {
    for (const tests of stages) {
      const name = tests.join(' ');
      workspace.write(file, original);
      if (!durations.has(name)) await checkUnchanged(workspace, name);
      workspace.write(file, mutant.source);
      const timeoutMs = 30_000 + 5 * (durations.get(name) ?? longestMs);
      const outcome = await workspace.test(tests, timeoutMs);
      if (outcome === 'timed out') return outcome;
      if (outcome === 'failed') return 'killed';
    }
    return 'survived';
  } finally {
    workspace.write(file, original);
  }
}

async function checkUnchanged(workspace: Workspace, tests: string): Promise<void> {
  const start = performance.now();
  const outcome = await workspace.test(tests.split(' '), longestMs);
  if (outcome !== 'passed') throw new Error(`The tests fail as they are:\n${workspace.output()}`);
  durations.set(tests, performance.now() - start);
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

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
