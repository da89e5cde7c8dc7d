/**
 * Parts of an item on either side, laid beside each other: a longest common subsequence where their order counts, else
 * whatever both have. In: two lists; out: what is not on both sides, where one became the other as a pair.
 */
import type { Part } from './meaning.ts';

export type PartPair = readonly [Part | null, Part | null];

export function alignedParts(ours: readonly Part[], theirs: readonly Part[], ordered: boolean): PartPair[] {
  const runs = ordered ? gaps(ours, theirs) : [unshared(ours, theirs)];
  return runs.flatMap(([before, after]) => joined(before, after));
}

type Gap = readonly [Part[], Part[]];

/** What lies between common parts, gap by gap. */
function gaps(ours: readonly Part[], theirs: readonly Part[]): Gap[] {
  const length = commonLengths(ours, theirs);
  const found: Gap[] = [[[], []]];
  let [i, j] = [0, 0];
  while (i < ours.length || j < theirs.length) {
    const [before, after] = found[found.length - 1];
    if (i < ours.length && j < theirs.length && ours[i].same === theirs[j].same) {
      found.push([[], []]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= theirs.length || (i < ours.length && length[i + 1][j] >= length[i][j + 1]))
      before.push(ours[i++]);
    else after.push(theirs[j++]);
  }
  return found;
}

/** How long the longest common subsequence from each place on is. */
function commonLengths(ours: readonly Part[], theirs: readonly Part[]): number[][] {
  const length = Array.from({ length: ours.length + 1 }, () => new Array<number>(theirs.length + 1).fill(0));
  for (let i = ours.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--)
      length[i][j] =
        ours[i].same === theirs[j].same
          ? length[i + 1][j + 1] + 1
          : Math.max(length[i + 1][j], length[i][j + 1]);
  return length;
}

function unshared(ours: readonly Part[], theirs: readonly Part[]): Gap {
  const left = [...theirs];
  const before = ours.filter(({ same }) => {
    const at = left.findIndex((part) => part.same === same);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [before, left];
}

/** In a gap, parts of one kind have become each other, in order: those of equal text first. */
function joined(before: readonly Part[], after: readonly Part[]): PartPair[] {
  const left = [...after];
  const take = (fits: (part: Part) => boolean): Part | null => {
    const at = left.findIndex(fits);
    return at < 0 ? null : left.splice(at, 1)[0];
  };
  const equal = before.map((part) => take(({ text }) => text === part.text));
  const pairs = before.map((part, i): PartPair => [part, equal[i] ?? take(({ head }) => head === part.head)]);
  return [...pairs, ...left.map((part): PartPair => [null, part])];
}
