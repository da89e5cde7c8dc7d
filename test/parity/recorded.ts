/** Programs of a few lines, run by the reference engine in float64, and what their runs left behind. */
import { assert } from 'chai';
import type { Program } from '../../compiler/compiled.ts';
import type { Source } from '../../grammar/source.ts';
import { programFrom } from './host.ts';
import { trained, type Recorded, type Trained } from './train.ts';

export const compiled = (source: Source): Program =>
  programFrom(source, { target: 'reference', float: 'float64' });

export const run = (source: Source, iterations: number): Promise<Trained> =>
  trained(compiled(source), iterations);

/** The state after each run: what the next one found, then the end. */
export const statesAfter = ({ runs, after }: Trained): Recorded['state'][] => [
  ...runs.slice(1).map(({ state }) => state),
  after,
];

export function close(found: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  assert.equal(found.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) assert.closeTo(found[i], wanted[i], 1e-12, `${what}[${i}]`);
}
