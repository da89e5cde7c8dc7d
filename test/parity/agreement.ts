/**
 * When two engines agree on a run (DESIGN.md "Equality between engines"). In float64 every weight to 1e-8; in float32
 * ‖Δw − Δw_ref‖₂ ≤ 1e-3 ‖Δw_ref‖₂ for each network, without elements whose reference gradient is below 1e-6 of the
 * network's root mean square.
 */
import { assert } from 'chai';
import type { CompileOptions } from '../../compiler/input.ts';
import type { Program } from '../../compiler/compiled.ts';
import type { Source } from '../../grammar/source.ts';
import type { Tensors } from '../../runtime/engines/engine.ts';
import type { Logged } from '../../runtime/run/loop.ts';
import { updateGradients, valuesAt } from './gradients.ts';
import type { Trained } from './train.ts';

/** A run to compare with others: the reference's, in float64. */
export interface Oracle {
  readonly source: Source;
  readonly options: CompileOptions;
  readonly wanted: Trained;
}

/** Fails unless the run in float32 is the reference's; says how far it is off at most, and how many weights were left out. */
export function agreesInFloat32(
  { source, options, wanted }: Oracle,
  program: Program,
  found: Trained,
): string {
  sameLogs(found, wanted, 1e-3);
  const faint = faintGradients(source, options, program, wanted);
  const networks = program.manifest.networks.map(({ name }) => ({ name, ...changeError(program, name, found, wanted, faint) })); // prettier-ignore
  for (const { name, error } of networks) assert.isAtMost(error, 1e-3, name);
  for (const { name, role } of program.manifest.state)
    if (role === 'buffer' || role === 'average') sameTensor(found.after, wanted.after, name);
  const [left, of] = [sumOf(networks.map((n) => n.left)), sumOf(networks.map((n) => n.of))];
  const most = Math.max(...networks.map(({ error }) => error));
  return `within ${most.toExponential(1)} of each network's change; ${left} of ${of} weights left out`;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Buffers and averages in float32: the whole tensor within 1e-3 of its length. */
function sameTensor(found: Tensors, wanted: Tensors, name: string): void {
  const length = Math.hypot(...wanted[name].data);
  const difference = Math.hypot(...Array.from(found[name].data, (value, i) => value - wanted[name].data[i]));
  assert.isAtMost(difference, 1e-3 * Math.max(length, 1e-3), name);
}

/** The largest deviation of a tensor's elements. */
export function furthest(found: Tensors, wanted: Tensors, name: string): number {
  const w = wanted[name].data;
  let most = 0;
  for (const [i, value] of found[name].data.entries()) most = Math.max(most, Math.abs(value - w[i]));
  return most;
}

/** Losses and objectives within `tolerance`, the same updates skipped and applied. */
export function sameLogs(found: Trained, wanted: Trained, tolerance: number): void {
  assert.deepEqual(found.applied, wanted.applied);
  assert.lengthOf(found.logged, wanted.logged.length);
  found.logged.forEach((log, i) => {
    assert.deepEqual(log.skipped, wanted.logged[i].skipped);
    sameNumbers(log, wanted.logged[i], 'losses', tolerance);
    sameNumbers(log, wanted.logged[i], 'objectives', tolerance);
  });
}

function sameNumbers(found: Logged, wanted: Logged, what: 'losses' | 'objectives', tolerance: number): void {
  assert.sameMembers(Object.keys(found[what]), Object.keys(wanted[what]));
  for (const [name, value] of Object.entries(wanted[what]))
    assert.closeTo(found[what][name], value, tolerance * Math.max(1, Math.abs(value)), name);
}

/** Elements whose gradient was in some step so small that it may be roundoff: by weight, index → true. */
function faintGradients(
  source: Source,
  options: CompileOptions,
  { manifest }: Program,
  wanted: Trained,
): Map<string, Set<number>> {
  const faint = new Map<string, Set<number>>();
  for (const [update, { networks, gradients }] of Object.entries(updateGradients(source, options))) {
    const graphs = Object.entries(manifest.graphs).filter(([, { outputs }]) => outputs.some(({ to }) => to.kind === 'objective' && to.update === update)); // prettier-ignore
    for (const run of wanted.runs.filter(({ graph }) => graphs.some(([name]) => name === graph))) {
      for (const network of networks) {
        const names = Object.keys(gradients).filter((name) => name.startsWith(`${network}.`));
        const values = valuesAt(names.map((name) => gradients[name]), run); // prettier-ignore
        const count = values.reduce((sum, { length }) => sum + length, 0);
        const rms = Math.sqrt(values.reduce((sum, v) => sum + v.reduce((s, x) => s + x * x, 0), 0) / count);
        names.forEach((name, i) => values[i].forEach((x, at) => Math.abs(x) < 1e-6 * rms && note(faint, name, at))); // prettier-ignore
      }
    }
  }
  return faint;
}

function note(sets: Map<string, Set<number>>, name: string, at: number): void {
  const known = sets.get(name) ?? new Set();
  sets.set(name, known.add(at));
}

/** ‖Δw − Δw_ref‖ / ‖Δw_ref‖ over a network's weights but the faint ones. */
function changeError(
  { manifest }: Program,
  network: string,
  found: Trained,
  wanted: Trained,
  faint: Map<string, Set<number>>,
): { error: number; left: number; of: number } {
  // prettier-ignore
  let [difference, change, left, of] = [0, 0, 0, 0];
  for (const { name } of manifest.state.filter((s) => s.network === network && s.role === 'weight')) {
    wanted.after[name].data.forEach((value, i) => {
      of++;
      if (faint.get(name)?.has(i)) return void left++;
      const delta = value - wanted.before[name].data[i];
      difference += (found.after[name].data[i] - found.before[name].data[i] - delta) ** 2;
      change += delta ** 2;
    });
  }
  return { error: change === 0 ? Math.sqrt(difference) : Math.sqrt(difference / change), left, of };
}
