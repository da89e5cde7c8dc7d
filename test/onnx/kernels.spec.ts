/** Kernels against the reference: every optimizer's rule, odd lengths, numbers that change, NaN; and where steps are cut. */
import { assert } from 'chai';
import { describe, it } from 'mocha';
import { compile } from '../../compiler/compile.ts';
import type { Program } from '../../compiler/compiled.ts';
import { Builder } from '../../compiler/ir/builder.ts';
import type { Node } from '../../compiler/ir/node.ts';
import { nameOf } from '../ops/samples.ts';
import type { KernelEntry } from '../../program/stages.ts';
import { kernelModule, type Kernel } from '../../compiler/targets/onnx/kernels/kernel.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import type { Optimizer, OptimizerArguments } from '../../compiler/vocabulary/optimizer.ts';
import { optimizers } from '../../compiler/vocabulary/optimizers.ts';
import { arena, bytesOf } from '../../runtime/engines/arena.ts';
import { allocate, type Tensor } from '../../runtime/engines/engine.ts';
import { compiled, loopOf } from '../../runtime/engines/kernels.ts';
import { host } from '../parity/host.ts';

type Float = 'float32' | 'float64';

const entry: KernelEntry = { file: '', tensors: [], scalars: [], results: [] };

/** Fills leaves with `value(name, i)`, runs the kernel in one memory or on tensors apart, gives the results' numbers. */
function ran(
  kernel: Kernel,
  float: Float,
  value: (name: string, i: number) => number,
  together = true,
): number[][] {
  const shape = kernel.results[0].shape as readonly number[];
  const names = kernel.results.map((_, i) => `result ${i}`);
  const one = arena((kernel.tensors.length + names.length) * bytesOf(float, shape));
  const make = (name: string, of: readonly number[], inArena: boolean): [string, Tensor] => {
    const tensor = inArena ? one.take(float, of) : allocate(float, of);
    tensor.data.forEach((_: number, i: number) => (tensor.data[i] = value(name, i)));
    return [name, tensor];
  };
  const values = Object.fromEntries([
    ...kernel.tensors.map((node) => make(nameOf(node), shape, together)),
    ...kernel.scalars.map((node) => make(nameOf(node), [], false)),
    ...names.map((name) => make(name, shape, together)),
  ]);
  const described = {
    ...entry,
    tensors: kernel.tensors.map(nameOf),
    scalars: kernel.scalars.map(nameOf),
    results: names,
  };
  loopOf(described, compiled(kernelModule(kernel, float)))(float, values);
  return names.map((name) => [...values[name].data]);
}

function expected(kernel: Kernel, value: (name: string, i: number) => number): number[][] {
  const inputs = new Map(
    [...kernel.tensors, ...kernel.scalars].map((node) => {
      const shape = node.shape as readonly number[];
      const size = shape.reduce((product, dim) => product * dim, 1);
      return [
        nameOf(node),
        { shape, data: Float64Array.from({ length: size }, (_, i) => value(nameOf(node), i)) },
      ] as const;
    }),
  );
  return evaluate(kernel.results, { inputs, draws: new Map() }).map(({ data }) => [...data]);
}

/** Not 0, of both signs where it may; squares and rates positive. */
const value = (name: string, i: number, turn: number): number => {
  const x = Math.sin(name.length * 7 + i * 1.7 + turn) + 0.01;
  return name === 'gradient' || name === 'weight' || name === 'mean' || name === 'momentum' ? x : Math.abs(x);
};

function rule(optimizer: Optimizer, given: OptimizerArguments, length: number): Kernel {
  const b = new Builder();
  const args = {
    ...Object.fromEntries(optimizer.params.map(({ name, default: value }) => [name, value])),
    rate: 0.1,
    ...given,
  } as OptimizerArguments;
  const leaf = (name: string, shape: number[]): Node => b.input(name, shape);
  const [weight, gradient] = [leaf('weight', [length]), leaf('gradient', [length])];
  const slots = Object.fromEntries(optimizer.slots(args).map((name) => [name, leaf(name, [length])]));
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(args, 1)).map((name) => [name, leaf(name, [])]),
  );
  const limit = leaf('limit', []);
  const clipped = b.max(b.min(gradient, limit), b.neg(limit));
  const after = optimizer.step(b, weight, clipped, slots, scalars, args, true);
  const results = [after.weight, ...Object.values(after.slots)];
  return {
    results,
    tensors: [weight, gradient, ...Object.values(slots)],
    scalars: [...Object.values(scalars), limit],
  };
}

const cases: readonly [string, keyof typeof optimizers, OptimizerArguments][] = [
  ['sgd', 'sgd', {}],
  ['momentum', 'sgd', { momentum: 0.9 }],
  ['nesterov', 'sgd', { momentum: 0.9, nesterov: true }],
  ['rmsprop', 'rmsprop', {}],
  ['adam', 'adam', { beta1: 0.5 }],
  ['adamw', 'adamw', { weight_decay: 0.01 }],
];

describe('kernels', () => {
  for (const [name, of, args] of cases) {
    it(`${name}: float64 as the reference bit for bit, float32 to its precision, at any length`, () => {
      for (const length of [1, 2, 3, 5, 7, 64, 129]) {
        const kernel = rule(optimizers[of], args, length);
        for (const turn of [0, 1]) {
          const at = (leaf: string, i: number): number => value(leaf, i, turn);
          const wanted = expected(kernel, at);
          assert.deepEqual(ran(kernel, 'float64', at), wanted);
          ran(kernel, 'float32', at).forEach((numbers, r) =>
            numbers.forEach((x, i) => assert.closeTo(x, wanted[r][i], 1e-5 * (1 + Math.abs(wanted[r][i])))),
          );
        }
      }
    });
  }

  it('gives the same bits on tensors apart as in one memory', () => {
    const kernel = rule(optimizers.adam, {}, 37);
    const at = (leaf: string, i: number): number => value(leaf, i, 3);
    assert.deepEqual(ran(kernel, 'float32', at, false), ran(kernel, 'float32', at));
  });

  it('treats NaN, infinities and ties as the reference does', () => {
    const b = new Builder();
    const [x, y] = [b.input('x', [49]), b.input('y', [49])];
    const results = [
      b.max(x, y),
      b.min(x, y),
      b.less(x, y),
      b.equal(x, y),
      b.select(x, y, 2),
      b.abs(x),
      b.sqrt(y),
      b.div(x, y),
      b.floor(x),
    ];
    const special = [NaN, Infinity, -Infinity, 0, 1.5, -1.5, 2];
    const at = (name: string, i: number): number => special[name === 'x' ? i % 7 : Math.floor(i / 7)];
    for (const float of ['float32', 'float64'] as const) {
      const kernel = { results, tensors: [x, y], scalars: [] };
      const rounded = expected(kernel, at).map((numbers) =>
        numbers.map((n) => (float === 'float32' ? Math.fround(n) : n)),
      );
      assert.deepEqual(ran(kernel, float, at), rounded);
    }
  });
});

// ---------------------------------------------------------------- where a step is cut

function programOf(optimizer: string, width: number): Program {
  const text = `gan Line
data ring = gaussians(rows: 64)
network F(x: vec[2]) -> vec[1] { x |> dense(${width}) |> relu |> dense(1) }
network H(x: vec[1]) -> vec[1] { x |> dense(${width}) |> dense(${width}) |> dense(1) }
loss fit = mse(H(F(ring.point)), 1)
train for 4 steps, batch 8 {
  update H to minimize fit with ${optimizer}
  update F to minimize fit with ${optimizer}
}
`;
  const { program, diagnostics } = compile({ path: 'line.gan', text }, host, {});
  assert(program, diagnostics.map(({ what }) => what).join());
  return program;
}

describe('the cut of a step', () => {
  const stages = (program: Program) => program.manifest.graphs.step_1.stages;

  it('leaves an optimizer without state to the graph', () => {
    const program = programOf('sgd(0.1)', 64);
    assert.isUndefined(stages(program));
    assert.deepEqual(Object.keys(program.files), ['graphs/step_1.onnx']);
  });

  it('makes every next weight and moment of the last update in kernels', () => {
    const program = programOf('adam(0.01)', 4);
    const made = new Set(
      stages(program)!.flatMap(({ kernels }) => kernels.flatMap(({ results }) => results)),
    );
    const states = program.manifest.graphs.step_1.outputs.filter(({ name }) => name.includes('F.'));
    assert.isAbove(states.length, 11);
    assert.deepEqual(
      states.map(({ name }) => name).filter((name) => !made.has(name)),
      [],
    );
  });

  it('goes on in a second graph where the weights are large beside what crosses', () => {
    const program = programOf('adam(0.01)', 512);
    assert.lengthOf(stages(program)!, 2);
    const outputs = stages(program)!.flatMap((stage) => [
      ...stage.outputs,
      ...stage.kernels.flatMap(({ results }) => results),
    ]);
    const { handed, outputs: all } = program.manifest.graphs.step_1;
    assert.sameMembers(
      outputs,
      [...handed!, ...all].map(({ name }) => name),
    );
  });

  it('shares a loop between weights that are updated alike', () => {
    const program = programOf('adam(0.01)', 512);
    const kernels = stages(program)!.flatMap((stage) => stage.kernels);
    assert.lengthOf(kernels, 10);
    assert.isAtMost(Object.keys(program.files).filter((file) => file.endsWith('.wasm')).length, 3);
  });
});
