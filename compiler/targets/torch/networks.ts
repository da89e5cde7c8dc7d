/**
 * networks.py: a module for each network, with its layers as attributes (under the names that checkpoints have) and its calls
 * as methods, and `Networks`, which holds them all. In: the program's methods and the manifest's state; out: text.
 */
import type { Manifest, StateEntry } from '../../../program/manifest.ts';
import type { Model } from '../../model.ts';
import { pyDoc } from '../text/escape.ts';
import { indented } from './layout.ts';
import { placeOf } from '../text/calls.ts';
import type { Program } from './module.ts';
import { quoted } from './names.ts';

/** What a network's attributes are made of: layers, blocks of them, weights. */
interface Branch {
  readonly path: string;
  readonly branches: Map<string, Branch>;
  readonly tensors: StateEntry[];
}

export function networksText(
  program: Program,
  { networks: { names }, manifest }: { networks: Model; manifest: Manifest },
): string {
  const own = [...names.networks.values()];
  const averaged = new Set(
    manifest.state.filter(({ role }) => role === 'average').map(({ network }) => network),
  );
  const classes = own.map(({ name, declaration }) => {
    const branch = branchOf(name, manifest.state, [...program.layers.keys()]);
    const doc = [
      ...(declaration.doc === undefined ? [] : [declaration.doc, '']),
      `network ${name}, ${placeOf(declaration.span)}`,
    ];
    const layers = [...branch.branches].map(([part, one]) => attribute(part, madeOf(program, one)));
    const weights = branch.tensors.map(({ name: full, shape }) =>
      attribute(full.slice(name.length + 1), `nn.Parameter(torch.empty(${shape.join(', ')}))`),
    );
    const init = `def __init__(self):\n${indented(['super().__init__()', ...layers, ...weights])}`;
    const members = [pyDoc(doc.join('\n')), init, ...(program.methods.get(name) ?? [])];
    return `class ${program.classes.get(name)!}(nn.Module):\n${indented([members.join('\n\n')])}`;
  });
  const made = own.flatMap(({ name }) => [
    attribute(name, `${program.classes.get(name)!}()`),
    ...(averaged.has(name)
      ? [`self.get_submodule(${quoted(name)}).add_module('average', ${program.classes.get(name)!}())`]
      : []),
  ]);
  const states = manifest.state
    .filter(({ role }) => role === 'state' || role === 'history')
    .map(({ name, shape }) => `self._buffers[${quoted(name)}] = torch.zeros(${size(shape)})`);
  const all = `class Networks(nn.Module):\n${indented([`"""All networks, by their names."""\n\ndef __init__(self):\n${indented(['super().__init__()', ...made, ...states])}`])}`;
  return [...program.functions.networks, ...classes, all].join('\n\n\n');
}

/** `self.dense_1 = nn.Linear(...)`; a module's own name is added under it. */
const attribute = (name: string, code: string): string => `self.${name} = ${code}`;

/** `(8,)`, `()` */
const size = (sizes: readonly number[]): string => `(${sizes.join(', ')}${sizes.length === 1 ? ',' : ''})`;

const emptyBranch = (path: string): Branch => ({ path, branches: new Map(), tensors: [] });

/** The tree of a network's layers, those that are modules by their paths too: one without weights has no state. */
function branchOf(network: string, state: readonly StateEntry[], modules: readonly string[]): Branch {
  const root = emptyBranch(network);
  const grown = (parts: readonly string[]): Branch =>
    parts.reduce((branch, part) => {
      const known = branch.branches.get(part) ?? emptyBranch(`${branch.path}.${part}`);
      branch.branches.set(part, known);
      return known;
    }, root);
  for (const entry of state) {
    if (entry.network !== network || (entry.role !== 'weight' && entry.role !== 'buffer')) continue;
    const parts = entry.name.slice(network.length + 1).split('.');
    grown(parts.slice(0, -1)).tensors.push(entry);
  }
  for (const path of modules)
    if (path.startsWith(`${network}.`)) grown(path.slice(network.length + 1).split('.'));
  return root;
}

function madeOf(program: Program, { path, branches, tensors }: Branch): string {
  const layer = program.layers.get(path);
  if (layer !== undefined) return layer.made;
  const parts = [...branches].map(([name, branch]) => `${name}=${madeOf(program, branch)}`);
  if (tensors.length === 0) return `Block(${parts.join(', ')})`;
  const shape = ({ name, shape: sizes }: StateEntry): string => `${name.split('.').at(-1)!}=${size(sizes)}`;
  const weights = tensors.filter(({ role }) => role === 'weight').map(shape);
  const buffers = tensors.filter(({ role }) => role === 'buffer').map(shape);
  const moved = buffers.length === 0 ? [] : [`buffers=dict(${buffers.join(', ')})`];
  return `Weights(${[...weights, ...moved, ...parts].join(', ')})`;
}
