/**
 * How long a report takes, without waiting for all of it. In: its lines, and the state that they are made of; out: seconds.
 *
 * A report runs graphs over rows, and computes from what they gave. Once a graph has taken long enough, its earlier
 * answers stand for those of more rows of the same shape, at the mean time of those that it did run: metrics get as many
 * rows as in a run. What a line computes from them is given up once it has taken long enough, and what was left of it
 * counts at the pace that it had. The lines after it are made in the same report, so that nothing is computed twice that
 * a run computes once.
 */
import type { ReportItem } from '../program/manifest.ts';
import type { Tensors } from '../runtime/engines/engine.ts';
import { GivenUp } from '../runtime/reports/pulse.ts';
import type { Moment, Reporter } from '../runtime/reports/result.ts';

/** Milliseconds. */
export interface Timing {
  now(): number;
  /** How long one graph is run, and how long one line computes. */
  readonly patience: number;
}

/** Times of a report's graphs and lines that were not waited for are added to the time that passed. */
export async function reportSeconds(
  reporter: Reporter,
  items: readonly ReportItem[],
  moment: Omit<Moment, 'pulse'>,
  timing: Timing,
): Promise<number> {
  const begun = timing.now();
  const { state, left } = sparing(moment.state, timing);
  const lines = watched(timing);
  const report: typeof state.report = async (...asked) => {
    lines.stage();
    return state.report(...asked);
  };
  await reporter(items, { ...moment, state: { ...state, report }, pulse: lines.pulse });
  return (timing.now() - begun + left() + lines.left()) / 1000;
}

/** Runs of a graph on feeds of one shape. */
interface GraphRuns {
  /** The first one prepares what the others have: it is not counted. */
  counted: number;
  ms: number;
  readonly answers: Tensors[];
}

/** Answers that are given again, in turn. */
const keptAnswers = 8;

/** A state that answers with what it answered before where a graph has run for long enough. */
function sparing(
  state: Moment['state'],
  { now, patience }: Timing,
): { readonly state: Moment['state']; left(): number } {
  const graphs = new Map<string, GraphRuns>();
  let left = 0;
  const report: typeof state.report = async (graph, feeds, fetches, replaced) => {
    const shapes = Object.entries(feeds).map(([name, { shape }]) => [name, shape]);
    const key = JSON.stringify([graph, shapes, fetches]);
    const runs = graphs.get(key) ?? { counted: -1, ms: 0, answers: [] };
    graphs.set(key, runs);
    if (runs.counted >= keptAnswers && runs.ms > patience) {
      left += runs.ms / runs.counted;
      runs.answers.push(runs.answers.shift()!);
      return runs.answers[0];
    }
    const begun = now();
    const answer = await state.report(graph, feeds, fetches, replaced);
    if (runs.counted >= 0) runs.ms += now() - begun;
    runs.counted++;
    if (runs.answers.length < keptAnswers) runs.answers.push(answer);
    return answer;
  };
  return { state: { report, read: (names) => state.read(names) }, left: () => left };
}

/** Where a line's computation was at a moment. */
interface Mark {
  readonly at: number;
  readonly share: number;
}

/** The pulse of a report that gives up what takes long. `stage`: a graph runs, so what is told next is of other work. */
function watched({ now, patience }: Timing): {
  readonly pulse: NonNullable<Moment['pulse']>;
  stage(): void;
  left(): number;
} {
  let line: { readonly name: string; readonly begun: Mark; half: Mark | null; share: number } | null = null;
  let left = 0;
  return {
    stage: () => void (line = null),
    left: () => left,
    pulse(name, share) {
      const here: Mark = { at: now(), share };
      if (line === null || line.name !== name || share < line.share)
        line = { name, begun: here, half: null, share };
      line.share = share;
      const passed = here.at - line.begun.at;
      if (passed > patience / 2) line.half ??= here;
      if (passed <= patience || share <= line.begun.share) return;
      left += restOf(line.half, here) ?? restOf(line.begun, here)!;
      line = null;
      throw new GivenUp();
    },
  };
}

/**
 * Milliseconds to the end at the pace since `from`; null where nothing was done since. The later half is taken where it
 * can be: searches are slower at first, before they have found what dismisses most candidates.
 */
function restOf(from: Mark | null, { at, share }: Mark): number | null {
  if (from === null || share <= from.share) return null;
  return ((1 - share) * (at - from.at)) / (share - from.share);
}
