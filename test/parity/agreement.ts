/**
 * When two engines agree on a run (DESIGN.md "Equality between engines"). In float64 every weight to 1e-8. In float32 a
 * network's change may be off by 1e-3 of its length, or by a multiple of what roundings alone do to it (rounding.ts) where
 * that is more; so may losses, statistics and averages. Weights that roundings alone decide are left out: those of the
 * bias before a batch norm, whose gradient is nothing but roundoff, of which Adam makes a whole step in some direction.
 */
import { assert } from 'chai';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import type { Source } from '../../grammar/source.ts';
import type { Tensors } from '../../runtime/engines/engine.ts';
import { programFrom } from './host.ts';
import { spreadsOf, type Spread } from './rounding.ts';
import { trained, type Trained } from './train.ts';

/** What any engine may be off by, as a part of the change. */
const floor = 1e-3;
/** What more it may be off by: so many times the furthest that roundings carried the reference. */
const margin = 4;
/** A weight is left out if roundings moved it by more than this part of its network's typical change (root mean square). */
const decided = 0.1;
/** Where more than this would be allowed, or more than this part left out, a gradient by a hundredth wrong could hide. */
const most = { off: 8e-3, left: 0.02 };

/** A run to compare others with: the reference's in float64, and how far roundings carried it. */
export interface Oracle {
  readonly wanted: Trained;
  readonly spreads: readonly Spread[];
}

export const oracleOf = (
  source: Source,
  options: CompileOptions,
  iterations: number,
  seed = 7,
): Promise<Oracle> =>
  oracleFrom(programFrom(source, { ...options, target: 'reference', float: 'float64' }), iterations, seed);

/** `program`: of the target reference, in float64. `tips`: some rectifier is always near its kink. */
export async function oracleFrom(
  program: Program,
  iterations: number,
  seed: number,
  { tips }: { readonly tips: boolean } = { tips: false },
): Promise<Oracle> {
  const wanted = await trained(program, iterations, seed);
  return { wanted, spreads: await spreadsOf(program, iterations, seed, wanted, tips) };
}

/**
 * Fails unless the run in float32 is the reference's; says how far off it is and may be, and how many weights were left out.
 * `tips`: some rectifier is always near its kink. Then every network may be off by as much as any was: which one it
 * is near in, no few runs can tell.
 */
export function agreesInFloat32(
  oracle: Oracle,
  { manifest }: Program,
  found: Trained,
  { tips }: { readonly tips: boolean } = { tips: false },
): string {
  sameLogs(found, oracle.wanted, floor, oracle.spreads);
  const networks = manifest.networks.flatMap(({ name }) => {
    const weights = manifest.state.filter((s) => s.network === name && s.role === 'weight');
    // A network without weights has nothing that changes.
    if (weights.length === 0) return [];
    const names = weights.map((s) => s.name);
    return [{ name, ...changeOff(names, oracle, found) }];
  });
  const largest = Math.max(...networks.map(({ bound }) => bound));
  for (const { name, off, bound, left, of } of networks) {
    if (!tips) isTight(name, bound, left / of);
    assert.isAtMost(off, tips ? largest : bound, name);
  }
  for (const { name, role } of manifest.state)
    if (role === 'buffer' || role === 'average') sameTensor(found.after, oracle, name);
  return inWords(networks);
}

function isTight(name: string, bound: number, left: number): void {
  const why = `${name}: roundings alone do much to it: take another seed`;
  assert.isAtMost(bound, most.off, why);
  assert.isAtMost(left, most.left, why);
}

function inWords(networks: readonly (Off & { readonly name: string })[]): string {
  const said = networks.map(
    ({ name, off, bound }) => `${name} ${off.toExponential(1)} of ${bound.toExponential(1)}`,
  );
  const sum = (part: 'left' | 'of'): number => networks.reduce((total, one) => total + one[part], 0);
  return `${said.join(', ')}; ${sum('left')} of ${sum('of')} weights left out`;
}

interface Off {
  /** ‖Δw − Δw_ref‖ / ‖Δw_ref‖, what it may be, and how many of the weights were left out. */
  readonly off: number;
  readonly bound: number;
  readonly left: number;
  readonly of: number;
}

/**
 * Each of the moved runs is judged as the engine is: without what the others would leave out. So what is allowed covers
 * weights that roundings decide now and then, which no number of runs finds one by one.
 */
function changeOff(names: readonly string[], { wanted, spreads }: Oracle, found: Trained): Off {
  const joined = (of: (name: string) => ArrayLike<number>): number[] =>
    names.flatMap((name) => Array.from(of(name)));
  const change = ({ before, after }: Trained): number[] =>
    joined((name) => Float64Array.from(after[name].data).map((value, i) => value - before[name].data[i]));
  const should = change(wanted);
  const difference = change(found).map((value, i) => value - should[i]);
  const moved = spreads.map(({ after }) => joined((name) => after[name]));
  const typical = length(should) / Math.sqrt(should.length);
  const apart = (off: readonly number[], by: readonly (readonly number[])[]): readonly [number, number] => {
    const kept = should.map((_, i) => by.every((run) => run[i] <= decided * typical));
    const part = (values: readonly number[]): number => length(values.filter((_, i) => kept[i]));
    return [part(off) / (part(should) || 1), kept.filter((is) => !is).length];
  };
  const [off, left] = apart(difference, moved);
  const allowed = moved.map(
    (run) =>
      apart(
        run,
        moved.filter((other) => other !== run),
      )[0],
  );
  return { off, bound: Math.max(floor, margin * Math.max(...allowed)), left, of: should.length };
}

function length(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
}

/** Statistics and averages, the whole tensor by its length. */
function sameTensor(found: Tensors, { wanted, spreads }: Oracle, name: string): void {
  const { data } = wanted.after[name];
  const off = length(Array.from(data, (value, i) => found[name].data[i] - value));
  const moved = Math.max(...spreads.map(({ after }) => length(after[name])));
  assert.isAtMost(off, Math.max(floor * Math.max(length(data), floor), margin * moved), name);
}

/** The largest deviation of a tensor's elements. */
export function furthest(found: Tensors, wanted: Tensors, name: string): number {
  const w = wanted[name].data;
  let most = 0;
  for (const [i, value] of found[name].data.entries()) most = Math.max(most, Math.abs(value - w[i]));
  return most;
}

/** Losses and objectives within `tolerance` or what roundings do, the same updates skipped and applied. */
export function sameLogs(
  found: Trained,
  wanted: Trained,
  tolerance: number,
  spreads: readonly Spread[] = [],
): void {
  assert.deepEqual(found.applied, wanted.applied);
  assert.lengthOf(found.logged, wanted.logged.length);
  for (const [i, log] of wanted.logged.entries()) {
    assert.deepEqual(found.logged[i].skipped, log.skipped);
    for (const what of ['losses', 'objectives'] as const) {
      assert.sameMembers(Object.keys(found.logged[i][what]), Object.keys(log[what]));
      for (const [name, value] of Object.entries(log[what])) {
        const moved = Math.max(0, ...spreads.map((spread) => spread[what][i][name]));
        const allowed = Math.max(tolerance * Math.max(1, Math.abs(value)), margin * moved);
        assert.closeTo(found.logged[i][what][name], value, allowed, name);
      }
    }
  }
}
