/**
 * Which test files run in one process, since loading the compiler is most of what a quick one takes. In: what each comes by
 * and how long it takes; out: batches, the quickest files first, each of which says whether it sees a mistake.
 */
import { test, type Covered, type Tree } from './tree.ts';

/** Of a batch's files, added up as if each ran by itself. */
const secondsOfBatch = 20;

export interface Seen {
  /** Those that come by the mistake. */
  readonly files: readonly string[];
  readonly failed: boolean;
  readonly late: boolean;
}

export interface Batch {
  /** Runs those of its files that come by the mistake `id`. */
  fails(id: string, tree: Tree): Promise<Seen>;
}

/** Stopped so much later than it takes without a mistake. */
const patience = (seconds: number): number => 5 * seconds + 30;

async function ran(files: readonly Covered[], env: Record<string, string>, tree: Tree): Promise<Seen> {
  const names = files.map(({ file }) => file);
  if (files.length === 0) return { files: names, failed: false, late: false };
  const seconds = files.reduce((sum, one) => sum + one.seconds, 0);
  const { passed, late } = await test(tree, names, env, patience(seconds));
  return { files: names, failed: !passed, late };
}

/** Files that pass each by itself may not together: before a failure is believed they are run without a mistake, once. */
function batchOf(files: readonly Covered[]): Batch {
  let together: Promise<boolean> | undefined;
  const alone = files.length > 1 ? files.map((one) => batchOf([one])) : [];
  const clean = (tree: Tree): Promise<boolean> =>
    (together ??=
      alone.length === 0 ? Promise.resolve(true) : ran(files, {}, tree).then((run) => !run.failed));
  return {
    async fails(id, tree) {
      const run = await ran(
        files.filter(({ met }) => met.includes(id)),
        { __STRYKER_ACTIVE_MUTANT__: id },
        tree,
      );
      if (!run.failed || (await clean(tree))) return run;
      for (const one of alone) {
        const single = await one.fails(id, tree);
        if (single.failed) return single;
      }
      return { ...run, failed: false, late: false };
    },
  };
}

/** @param covered the quickest first. */
export function batchesOf(covered: readonly Covered[]): Batch[] {
  const groups: Covered[][] = [];
  let left = 0;
  for (const one of covered.filter(({ met }) => met.length > 0)) {
    if (left < one.seconds) {
      groups.push([]);
      left = secondsOfBatch;
    }
    groups.at(-1)!.push(one);
    left -= one.seconds;
  }
  return groups.map(batchOf);
}
