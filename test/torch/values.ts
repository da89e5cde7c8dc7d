/**
 * Graphs through PyTorch: their values, and derivatives as the library takes them of the emitted code, in float64. In: graphs
 * with what they are fed; out: values by name, all from one Python process.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assert } from 'chai';
import { isFed, reachable, type Fed, type Node } from '../../compiler/ir/node.ts';
import type { Tensor } from '../../compiler/ir/primitives/op.ts';
import { isStateLeaf, leafName } from '../../compiler/leaves.ts';
import type { Derivatives } from '../../compiler/targets/text/outline.ts';
import { Program } from '../../compiler/targets/torch/module.ts';
import { importsOf } from '../../compiler/targets/torch/files.ts';
import { reportFunction } from '../../compiler/targets/torch/reports.ts';
import { outlineOf } from '../../compiler/targets/torch/rows.ts';
import type { GraphInput } from '../../program/manifest.ts';
import { root } from '../parity/host.ts';
import { writeRuntime } from './built.ts';
import { torchPython } from './where.ts';

export interface Case {
  readonly title: string;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly derivatives: Derivatives;
  /** Inputs by name, draws by key. */
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly wanted: Readonly<Record<string, Tensor>>;
}

interface Written {
  readonly text: string;
  /** Where each value stands, then the value. */
  readonly feeds: readonly (readonly (string | object)[])[];
}

function written({ nodes, derivatives, feeds }: Case): Written {
  const of = [...derivatives.values()].flatMap((one) => [one.of, one.by]);
  const fed = reachable([...Object.values(nodes), ...of]).filter(isFed);
  const origin = (node: Fed): GraphInput['from'] =>
    node.op === 'input'
      ? { kind: 'given', name: node.attrs.name }
      : { kind: 'draw', key: node.attrs.key, distribution: node.attrs.distribution };
  const others = fed.filter((node) => !isStateLeaf(node));
  const state = fed.filter(isStateLeaf).map(({ attrs }) => attrs.name);
  const program = new Program(
    [],
    new Set(state),
    new Map(others.map((node) => [leafName(node), origin(node)])),
  );
  const outline = outlineOf(Object.values(nodes), derivatives);
  const builder = { names: new Map(), gradients: new Map(derivatives) };
  const text = reportFunction(program, { name: 'values', outline, outputs: nodes, builder, calls: null });
  const body = [...program.functions.networks, ...program.functions.updates, text].join('\n\n');
  const told = (name: string): object => {
    const value = feeds.get(name.replace(/^draw:/, ''));
    assert(value, `nothing feeds ${name}`);
    return { shape: value.shape, data: [...value.data].map((x) => (Number.isFinite(x) ? x : String(x))) };
  };
  const places = [
    ...state.map((name) => ['networks', ...name.split('.'), told(name)]),
    ...[...program.feeds.inputs].map(([name, path]) => [...path, told(name)]),
  ];
  return { text: `${importsOf(body)}\n\n${body}`, feeds: places };
}

/** Runs all of them; what differs from what is wanted, in words. `near`: throws where two tensors differ. */
export async function differences(
  cases: readonly Case[],
  near: (found: Tensor, wanted: Tensor, what: string) => void,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ganc-values-'));
  try {
    writeRuntime(folder);
    writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases.map(written)));
    const script = join(root, 'test', 'torch', 'values.py');
    await promisify(execFile)(torchPython!, [script, folder], { maxBuffer: 1 << 26 });
    const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Told[];
    return results.flatMap((found, i) => wrong(cases[i], found, near));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Told =
  { readonly error: string } | Readonly<Record<string, { shape: number[]; data: (number | string)[] }>>;

function wrong(one: Case, found: Told, near: Parameters<typeof differences>[1]): string[] {
  if (typeof found.error === 'string') return [`${one.title}: ${found.error}`];
  try {
    for (const [name, wanted] of Object.entries(one.wanted)) {
      const { shape, data } = (found as Exclude<Told, { readonly error: string }>)[name];
      const numbers = data.map((x) => Number(String(x).replace('inf', 'Infinity')));
      near({ shape, data: Float64Array.from(numbers) }, wanted, `${one.title} ${name}`);
    }
    return [];
  } catch (error) {
    return [String(error)];
  }
}
