/**
 * Exported networks against the reference engine: what each network gives for rows made up of its inputs' types, in
 * float64, beside what the exported files give. In: networks with their weights; out: the largest differences.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportFiles } from '../../cli/export-files.ts';
import type { LonePlan } from '../../compiler/compile.ts';
import { symbolsOf } from '../../compiler/ir/dim.ts';
import { isFed } from '../../compiler/ir/node.ts';
import { sizesFor } from '../../compiler/ir/substitute.ts';
import type { Tensor as Exact } from '../../compiler/ir/primitives/op.ts';
import { loneGraph, type Port } from '../../compiler/lower/network.ts';
import { evaluate } from '../../compiler/targets/reference/evaluate.ts';
import type { Tensor } from '../../runtime/engines/engine.ts';
import { writeNpz } from '../../runtime/formats/npz.ts';
import { draws } from '../../runtime/random.ts';

export interface Case {
  readonly lone: LonePlan;
  readonly values: ReadonlyMap<string, Tensor>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly to: 'onnx' | 'torch';
}

const script = join(dirname(fileURLToPath(import.meta.url)), 'compare.py');
export const rows = 3;

/** In the order of the cases; `folder`: for the files. */
export function differences(python: string, folder: string, cases: readonly Case[]): number[] {
  const list = cases.map((one, i) => {
    const at = join(folder, `${i}`);
    mkdirSync(at, { recursive: true });
    const files = exportFiles[one.to](one.lone, { ...one, notes: {}, folder });
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), content);
    }
    return { ...described(one, at), folder: at, to: one.to };
  });
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(list));
  const said = execFileSync(python, [script, join(folder, 'cases.json')], { encoding: 'utf8' });
  return JSON.parse(said) as number[];
}

/** Rows made up of the network's inputs' types, by their names, and what the reference engine gives for them. */
export function reckoned({ lone, values, numbers }: Omit<Case, 'to'>): {
  readonly feeds: readonly (readonly [string, Exact])[];
  readonly expected: readonly Exact[];
} {
  const { inputs, outputs, plan } = lone;
  const symbols = [...inputs, ...outputs].flatMap(({ node }) => node.shape.flatMap(symbolsOf));
  const sizes = Object.fromEntries([...new Set(symbols)].map((name) => [name, name === 'N' ? rows : 4]));
  const feeds = inputs.map((port, i) => [port.name, made(port, sizes, i)] as const);
  return {
    feeds,
    expected: evaluate(Object.values(plan.graphs[loneGraph]), fed(lone, feeds, values, numbers, sizes)),
  };
}

function described(one: Case, at: string): Record<string, unknown> {
  const { inputs, outputs, network } = one.lone;
  const { feeds, expected } = reckoned(one);
  const singles = (tensors: readonly (readonly [string, Exact])[]): Uint8Array =>
    writeNpz(tensors.map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
  writeFileSync(join(at, 'feeds.npz'), singles(feeds));
  writeFileSync(
    join(at, 'expected.npz'),
    writeNpz(
      outputs.map(({ name }, i) => [
        name,
        { shape: expected[i].shape, data: Float64Array.from(expected[i].data) },
      ]),
    ),
  );
  return {
    network,
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    feeds: join(at, 'feeds.npz'),
    expected: join(at, 'expected.npz'),
  };
}

function fed(
  { inputs }: LonePlan,
  feeds: readonly (readonly [string, Exact])[],
  values: Case['values'],
  numbers: Case['numbers'],
  symbols: Readonly<Record<string, number>>,
): Parameters<typeof evaluate>[1] {
  const given = new Map(feeds);
  const leaves = inputs.flatMap(({ name, node }) =>
    isFed(node)
      ? [{ op: node.op, key: node.op === 'draw' ? node.attrs.key : node.attrs.name, value: given.get(name)! }]
      : [],
  );
  const of = (op: 'input' | 'draw') =>
    leaves.filter((one) => one.op === op).map(({ key, value }) => [key, value] as const);
  const state = [...values].map(
    ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }] as const,
  );
  const scalars = [...numbers].map(([name, x]) => [name, { shape: [], data: Float64Array.of(x) }] as const);
  return { inputs: new Map([...of('input'), ...state, ...scalars]), draws: new Map(of('draw')), symbols };
}

/** Numbers of an input's type, float32 among float64. */
function made({ node, type, drawn }: Port, sizes: Readonly<Record<string, number>>, i: number): Exact {
  const shape = sizesFor(sizes, (body) => body)
    .shape(node.shape)
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  const data = new Float64Array(count);
  const normal = type.range === null && type.kind === 'real' && !(drawn ?? 'normal').startsWith('numbers');
  draws({ seed: 3, key: `feed ${i}`, iteration: 0, scope: 0 }, normal ? 'normal' : 'uniform', 1, count, data);
  const [low, high] = type.range ?? [0, 1];
  const classes = type.kind === 'onehot' ? shape[1] : Number(type.classes ?? 1);
  const inner = shape.slice(2).reduce((product, size) => product * size, 1);
  const value = (x: number, at: number): number => {
    if (type.kind === 'label') return Math.floor(x * classes);
    if (type.kind === 'onehot') return Number(Math.floor(at / inner) % classes === at % classes);
    return normal ? x : low + x * (high - low);
  };
  return { shape, data: data.map((x, at) => Math.fround(value(x, at))) };
}
