/**
 * From spec to number: an expression's value as an update's objective computes it, in float64. In: the expression, on samples
 * of two rows of three numbers and a linear critic C; out: its mean over rows.
 */
import { assert } from 'chai';
import { compile } from '../../compiler/compile.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';

export interface Setting {
  /** Rows of three numbers, by the sample's name. */
  readonly rows: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** The critic's weights. */
  readonly critic: readonly number[];
}

export function objectiveOf(expression: string, { rows, critic }: Setting): number {
  const names = Object.keys(rows);
  const text = `gan T
${names.map((name) => `sample ${name} ~ normal[3]`).join('\n')}
network C(x: vec[3]) -> logit { x |> dense(1, bias: false) }
loss value = ${expression} + 0 * (${names.map((name) => `C(${name})`).join(' + ')})
train for 1 steps, batch 2 { update C to minimize value with sgd(1) }
`;
  const host = {
    catalogue: { sources: {}, metrics: {}, pictures: {} },
    read: () => null,
    describe: () => null,
  };
  const { program, diagnostics } = compile({ path: 'test.gan', text }, host, { target: 'reference' });
  // A term that moves nobody is only odd.
  assert.deepEqual(
    diagnostics.filter((d) => d.severity === 'error').map((d) => d.what),
    [],
  );
  const draws = new Map(names.map((name) => [name, tensor([2, 3], rows[name].flat())]));
  for (const { from } of program!.manifest.graphs.step_1.inputs)
    if (from.kind === 'draw' && !draws.has(from.key)) draws.set(from.key, tensor([2], [0.3, 0.8]));
  const inputs = new Map([['C.dense_1.weight', tensor([3, 1], critic)]]);
  return evaluate([program!.graphs.step_1['objective:update_1']], { inputs, draws })[0].data[0];
}
