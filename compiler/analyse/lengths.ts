/**
 * Durations and `every`: an `ast.Duration` or `ast.Every` goes in, a `Length` comes out: its count, and the stream that
 * its epochs are of: the one that `of` names, else the schedule's, else the only one that is read. Nobody else decides
 * this: the program says it, and the runtime counts.
 */
import type * as ast from '../../grammar/ast.ts';
import { textOf, type Span } from '../../grammar/source.ts';
import type { Length } from '../../program/manifest.ts';
import { evaluateCount } from '../bind/constant.ts';
import { Silence } from '../bind/dims.ts';
import type { Names } from '../bind/names.ts';
import { Mistake, suggestion } from '../../grammar/diagnostics.ts';
import { kinds } from '../errors.ts';

/** What epochs may be of. */
export interface Clock {
  readonly names: Names;
  /** The stream that the schedule names. */
  readonly of: string | null;
  /** The streams that the updates in question read. */
  readonly reads: readonly string[];
  /** Whether one of them is in error, so that what it reads is not known. */
  readonly uncertain: boolean;
}

export function lengthOf(clock: Clock, duration: ast.Duration): Length {
  const count = evaluateCount(duration.count, clock.names, 'a duration');
  if (duration.unit === 'steps') return inSteps(count);
  const of = duration.of === undefined ? streamOf(clock, duration) : named(clock, duration.of);
  return { count, unit: 'epochs', of };
}

export function everyLength(clock: Clock, every: ast.Every): Length {
  const count = evaluateCount(every.count, clock.names, 'a count');
  return every.unit === 'steps' ? inSteps(count) : { count, unit: 'epochs', of: streamOf(clock, every) };
}

/** The moments beside an `every`; none: undefined. */
export function momentLengths(clock: Clock, { moments }: ast.Every): readonly Length[] | undefined {
  return moments?.counts.map((expression) => {
    const count = evaluateCount(expression, clock.names, 'a count');
    return moments.unit === 'steps'
      ? inSteps(count)
      : { count, unit: 'epochs', of: streamOf(clock, moments) };
  });
}

const inSteps = (count: number): Length => ({ count, unit: 'steps', of: null });

/** The stream that `train for … epochs of` names, if there is one of this name. */
export const streamOfSchedule = (names: Names, { of }: ast.Duration): string | null =>
  of !== undefined && names.data.has(of.name) ? of.name : null;

/**
 * The stream whose epochs `epoch` counts in a phase: that of the phase's length, else of the whole schedule's, where the
 * phase reads it; else the only one that it reads. null: it reads none, or several and nothing says which.
 */
export function phaseClock(lengths: readonly (Length | null)[], reads: readonly string[]): string | null {
  const said = lengths.flatMap((length) => length?.of ?? []).find((of) => reads.includes(of));
  return said ?? (reads.length === 1 ? reads[0] : null);
}

function named({ names }: Clock, of: ast.Ident): string {
  if (names.data.has(of.name)) return of.name;
  if (names.broken.has(of.name)) throw new Silence();
  const what = `there is no stream \`${of.name}\``;
  throw new Mistake(
    kinds.unknownName,
    { what, hint: suggestion(of.name, names.data.keys(), 'Streams:') },
    of.span,
  );
}

function streamOf(clock: Clock, { span, kind }: { readonly span: Span; readonly kind: string }): string {
  if (clock.of !== null) return clock.of;
  if (clock.reads.length === 1 && !clock.uncertain) return clock.reads[0];
  if (clock.uncertain) throw new Silence();
  const named = `${textOf(span)} of ${clock.reads[0]}`;
  const countable = clock.reads.length === 0 || kind === 'Every' || kind === 'Moments';
  throw unclear(clock.reads, span, countable ? 'Count in steps.' : `Name the stream: \`${named}\`.`);
}

/** Several streams are read, or none, and epochs may be of any. */
export function unclear(reads: readonly string[], span: Span, hint: string): Mistake {
  const several = reads.map((name) => `\`${name}\``).join(' and ');
  const why = several === '' ? 'No update reads a stream.' : `The updates read ${several}.`;
  return new Mistake(
    kinds.epochsUnclear,
    { what: 'it is not clear which stream the epochs are of', why, hint },
    span,
  );
}
