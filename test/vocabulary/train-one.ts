/** One weight under an optimizer, in float64. In: the optimizer, its arguments, gradients; out: the weight after each. */
import { assert } from 'chai';
import { Builder } from '../../compiler/ir/builder.ts';
import { tensor } from '../../compiler/ir/primitives/tensor.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import type { Optimizer, OptimizerArguments } from '../../compiler/vocabulary/optimizer.ts';
import { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import { evaluateHost, type HostExpr } from '../../program/host.ts';

/** The weights after each of the gradients, from 1 on. */
export function train(
  name: keyof typeof optimizers,
  given: OptimizerArguments,
  gradients: readonly number[],
  decay = true,
): number[] {
  const rule: Optimizer = optimizers[name];
  const all: OptimizerArguments = {
    ...Object.fromEntries(rule.params.map((p) => [p.name, (p.default ?? null) as HostExpr])),
    ...given,
  };
  const args = rule.normal?.(all) ?? all;
  let weight = 1;
  let slots = Object.fromEntries(rule.slots(args).map((slot) => [slot, 0]));
  return gradients.map((gradient, t) => {
    const b = new Builder();
    const leaf = (path: string) => b.input(path, [1]);
    const scalars = rule.scalars(args, { applied: 'update_1' });
    const numbers = Object.entries(scalars).map(
      ([key, expr]) => [key, evaluateHost(expr, { applied: () => t + 1 })] as const,
    );
    const fed = Object.fromEntries(numbers.map(([key]) => [key, b.input(`scalar ${key}`, [])]));
    const own = Object.fromEntries(Object.keys(slots).map((slot) => [slot, leaf(slot)]));
    const next = rule.step(b, leaf('weight'), leaf('gradient'), own, fed, args, decay);
    assert.sameMembers(Object.keys(next.slots), Object.keys(slots));
    const inputs = new Map([
      ...Object.entries({ weight, gradient, ...slots }).map(
        ([key, value]) => [key, tensor([1], [value])] as const,
      ),
      ...numbers.map(([key, value]) => [`scalar ${key}`, tensor([], [value])] as const),
    ]);
    const values = evaluate([next.weight, ...Object.values(next.slots)], { inputs, draws: new Map() });
    weight = values[0].data[0];
    slots = Object.fromEntries(Object.keys(next.slots).map((slot, i) => [slot, values[i + 1].data[0]]));
    return weight;
  });
}
