/**
 * A network by itself as a Python package of a few files: `model.py`, a module whose `forward` takes what the network takes,
 * with the modules of the networks that it calls, and the runtime's parts that these stand on. In: a plan with the network's
 * graph alone; out: texts by path, and how the tensors of its weights lie.
 */
import type { Manifest } from '../../../program/manifest.ts';
import type { LoneNetwork, Port } from '../../lower/network.ts';
import { leafName } from '../../leaves.ts';
import { isFed } from '../../ir/node.ts';
import type { Plan } from '../../schedule/schedule.ts';
import { functionText } from './layout.ts';
import { Program } from './module.ts';
import { quoted } from './names.ts';
import { networksText } from './networks.ts';
import { originsOf } from '../text/fed.ts';
import { headerOf, importsOf } from './files.ts';
import { outlinedReport, scopesOf } from './reports.ts';
import { runtimeFiles } from './runtime.ts';

export interface TorchNetwork {
  readonly files: Readonly<Record<string, string>>;
  /** Weights that lie as [out, in] here and as [in, out] in checkpoints. */
  readonly turned: ReadonlySet<string>;
  /** The parameters of `forward`, in order. */
  readonly inputs: readonly string[];
}

/** `numbers`: of the schedule, as they stand, by the leaf's name. */
export function torchNetwork(
  plan: Plan,
  { report, inputs, network }: LoneNetwork,
  numbers: ReadonlyMap<string, number>,
): TorchNetwork {
  const { manifest, lowered } = plan;
  const states = new Set(manifest.state.map(({ name }) => name));
  const program = new Program(
    lowered.model.names.networks.keys(),
    states,
    originsOf(plan.manifest.graphs),
    true,
  );
  const [className, load] = ['Model', 'load'].map((word) => program.names.take(word));
  const taken = inputs.map((port) => parameter(program, port));
  const [[name, graph]] = Object.entries(report.graphs);
  const outlined = outlinedReport(name, graph, report.builder);
  program.noteLayers(outlined.outline, outlined.outline.all());
  const { outer, inner, valueOf } = scopesOf(program, outlined, { path: '', code: 'self' });
  const results = Object.entries(outlined.outputs).map(([output, node]) => [output, valueOf(node)] as const);
  const result =
    results.length === 1
      ? results[0][1]
      : `{${results.map(([output, code]) => `${quoted(output)}: ${code}`).join(', ')}}`;
  const scheduled = [...program.feeds.inputs].flatMap(([leaf, [code]]) =>
    numbers.has(leaf) ? [`${code}=${numbers.get(leaf)}`] : [],
  );
  const forward = functionText('forward', ['self', ...taken, ...scheduled], null, [
    ...outer.lines,
    ...inner.lines,
    `return ${result}`,
  ]);
  const used = usedNetworks(program, manifest, network);
  const own = { ...manifest, state: manifest.state.filter((entry) => used.has(entry.network)) };
  const { names } = lowered.model;
  const networks = new Map([...names.networks].filter(([one]) => used.has(one)));
  const classes = networksText(program, {
    networks: { ...lowered.model, names: { ...names, networks } },
    manifest: own,
  });
  const body = [
    classes,
    ...program.functions.updates,
    modelClass(className, network, forward),
    loader(load, className),
  ];
  const text = body.join('\n\n\n');
  const file = `${headerOf(manifest, `the network ${network}`)}\n${importsOf(text)}\n\n\n${text}\n`;
  return {
    files: { 'model.py': file, ...parts() },
    turned: new Set(own.state.map((entry) => entry.name).filter((one) => program.isTurned(one))),
    inputs: taken,
  };
}

/** What `forward` calls an input, whether anything depends on it or not. */
function parameter(program: Program, { node }: Port): string {
  if (!isFed(node)) throw new Error('an input of a network is a leaf');
  return program.fed(leafName(node), node).code;
}

/** The network itself, and those whose methods or weights it comes to. */
const usedNetworks = (program: Program, { graphs }: Manifest, network: string): Set<string> =>
  new Set([
    network,
    ...program.methods.keys(),
    ...Object.values(graphs).flatMap((graph) =>
      graph.inputs.flatMap(({ from }) => (from.kind === 'state' ? [from.state.split('.')[0]] : [])),
    ),
  ]);

const indent = (text: string): string => text.replace(/^(?=.)/gm, '    ');

const modelClass = (name: string, network: string, forward: string): string =>
  `class ${name}(Networks):\n    """${network}, with the networks that it calls."""\n\n${indent(forward)}`;

const loader = (name: string, className: string): string => `def ${name}(path=None):
    """The network with its weights, for use: no gradients, running statistics."""
    path = Path(__file__).with_name('weights.safetensors') if path is None else Path(path)
    model = ${className}()
    model.load_state_dict(unpacked(path.read_bytes()))
    return model.requires_grad_(False).eval()`;

/** Of the runtime: what modules are made of, and the reader of weights, with all that these import. */
function parts(): Record<string, string> {
  const all = runtimeFiles();
  const wanted = new Set<string>();
  const take = (name: string): void => {
    const path = `ganc_torch/${name}.py`;
    if (wanted.has(path) || !Object.hasOwn(all, path)) return;
    wanted.add(path);
    for (const [, from, names] of all[path].matchAll(/^\s*from \.(\w*) import ([\w, ]+)/gm))
      (from === '' ? names.split(',') : [from]).forEach((one) => take(one.trim()));
  };
  ['__init__', 'ops', 'parts', 'files', 'recurrent'].forEach(take);
  return Object.fromEntries([...wanted].map((path) => [path, all[path]]));
}
