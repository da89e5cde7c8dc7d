/**
 * The pulse of long work: reports call it in their loops. In: which part of a line's work is done; out: nothing, or
 * Interrupted where the run was asked to stop, so that Ctrl-C ends a metric that computes for minutes.
 */

/** `share` of the work is done, from 0 to 1. */
export type Pulse = (share: number) => void;

/** The run was asked to stop while a report was made. */
export class Interrupted extends Error {
  constructor() {
    super('stopped, as asked');
  }
}

/** What a line computes from its values is given up, and the lines after it are made: `ganc plan` has timed enough of it. */
export class GivenUp extends Error {
  constructor() {
    super('given up, as asked');
  }
}

/** For work that nobody watches or interrupts. */
export const still: Pulse = () => undefined;

/** The pulse of one part of the work: from `from` to `to` of the whole. */
export const partOf =
  (pulse: Pulse, from: number, to: number): Pulse =>
  (share) =>
    pulse(from + (to - from) * share);
