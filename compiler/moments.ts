/**
 * Whose moments an update moves, and how many steps they have seen: its own, or those of the declared optimizer that it names,
 * which it shares with all updates that name it. Decided here for everybody.
 */
import { host, type HostExpr } from '../program/host.ts';

/** An update as far as its moments go. */
export interface Moving {
  /** `update_1` */
  readonly name: string;
  readonly networks: readonly string[];
  readonly optimizer: {
    /** The optimizer that it names; null: it has one of its own. */
    readonly declared: string | null;
  };
}

/** Under which name the moments stand in the state. */
export const momentsOf = ({ name, optimizer }: Pick<Moving, 'name' | 'optimizer'>): string =>
  optimizer.declared ?? name;

/** Whether two updates move the same moments. */
export const sharesMoments = (a: Moving, b: Moving): boolean =>
  a.optimizer.declared !== null &&
  a.optimizer.declared === b.optimizer.declared &&
  a.networks.some((network) => b.networks.includes(network));

/**
 * How many steps the optimizer of an update has made, this one included: those of all updates that name the same optimizer and
 * have a network in common with it, as PyTorch counts the steps of a parameter. `applied` counts the next step of each of
 * them, and one alone is about to happen: no two of them are in one step of the host.
 */
export function stepsMade(update: Moving, all: readonly Moving[]): HostExpr {
  const fellows =
    update.optimizer.declared === null
      ? [update]
      : all.filter((other) => other.name === update.name || sharesMoments(update, other));
  const counts = fellows.map(({ name }): HostExpr => ({ applied: name }));
  return counts.reduce((sum, one) => host('sub', host('add', sum, one), 1));
}
