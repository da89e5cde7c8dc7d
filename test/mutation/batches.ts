/**
 * Which tests run in one process, since loading the compiler is most of what a quick one takes. In: the tests that come by a
 * mistake, and how long they take; out: whether they see it, by batches of which the quickest come first.
 */
import { test, type Part, type Ran, type Tree } from './tree.ts';

/** Of a batch's parts, added up as if each ran by itself. */
const secondsOfBatch = 20;

export interface Seen {
  readonly failed: boolean;
  readonly late: boolean;
  /** The files of the process in which it was seen. */
  readonly by: readonly string[];
}

/** Stopped so much later than it takes without a mistake. */
const patience = (seconds: number): number => 5 * seconds + 30;

const run = (parts: readonly Part[], tree: Tree, env: Ran['env']): ReturnType<typeof test> =>
  test(
    tree,
    parts.map(({ file }) => file),
    {
      only: parts.flatMap(({ titles }) => titles),
      env,
      seconds: patience(parts.reduce((sum, one) => sum + one.seconds, 0)),
    },
  );

/** Tests that pass each by themselves may not together: before a failure is believed they are run without the mistake. */
async function seenBy(parts: readonly Part[], id: string, tree: Tree): Promise<Seen> {
  const by = parts.map(({ file }) => file);
  const { passed, late } = await run(parts, tree, { __STRYKER_ACTIVE_MUTANT__: id });
  if (passed) return { failed: false, late: false, by };
  if ((await run(parts, tree, {})).passed) return { failed: true, late, by };
  if (parts.length > 1)
    for (const one of parts) {
      const alone = await seenBy([one], id, tree);
      if (alone.failed) return alone;
    }
  return { failed: false, late: false, by };
}

function batchesOf(parts: readonly Part[]): Part[][] {
  const batches: Part[][] = [];
  let left = 0;
  for (const one of [...parts].sort((a, b) => a.seconds - b.seconds)) {
    if (left < one.seconds) {
      batches.push([]);
      left = secondsOfBatch;
    }
    batches.at(-1)!.push(one);
    left -= one.seconds;
  }
  return batches;
}

export async function seenInBatches(parts: readonly Part[], id: string, tree: Tree): Promise<Seen> {
  for (const batch of batchesOf(parts)) {
    const seen = await seenBy(batch, id, tree);
    if (seen.failed) return seen;
  }
  return { failed: false, late: false, by: [] };
}
