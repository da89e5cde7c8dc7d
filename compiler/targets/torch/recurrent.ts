/**
 * Recurrent layers as modules (ganc_torch/recurrent.py). In: what a layer gives and its weights; out: the module and what it
 * reads; nothing for one with a start or a mask, which the library's kernels don't take.
 */
import type { Node } from '../../ir/node.ts';
import { isUniform, spreadOf } from '../../ir/patterns.ts';

interface Recurrent {
  readonly made: string;
  readonly input: Node;
}

/** [N, C, T] that is read time first, forwards or backwards; undefined for anything else. */
function readOf(steps: Node): { input: Node; back: boolean } | undefined {
  const back = steps.op === 'flip' && steps.attrs.axis === 0;
  const turned = back ? steps.inputs[0] : steps;
  if (turned.op !== 'transpose' || turned.attrs.perm.join() !== '2,0,1') return undefined;
  return { input: turned.inputs[0], back };
}

/** What a scan reads, if it starts from zeros and takes every step by the weights of that prefix. */
function scanOf(scan: Node, weights: ReadonlyMap<string, Node>, prefix: string): Node | undefined {
  if (scan.op !== 'scan' || scan.attrs.sequences !== 1 || !isUniform(scan.inputs[0], 0)) return undefined;
  const [, given, ...own] = scan.inputs;
  if (given.op !== 'add' || given.inputs[0].op !== 'matmul') return undefined;
  const [product, bias] = given.inputs;
  const read = readOf(product.inputs[0]);
  const taken = [product.inputs[1], spreadOf(bias), ...own];
  const wanted = ['weight', 'bias', 'recurrent_weight', 'recurrent_bias'];
  const same = wanted.every((name, i) => weights.get(`${prefix}${name}`) === taken[i]);
  return same && read?.back === (prefix === 'back_') ? read.input : undefined;
}

/** The scans that a value is put together of, in order. */
function scansIn(node: Node): Node[] {
  if (node.op === 'scan') return [node];
  const moves = ['transpose', 'reshape', 'slice', 'concat', 'flip'];
  return moves.includes(node.op) ? node.inputs.flatMap(scansIn) : [];
}

/** `name`: the module's. */
export const recurrentModule =
  (name: 'RNN' | 'GRU' | 'LSTM') =>
  (output: Node, weights: ReadonlyMap<string, Node>): Recurrent | undefined => {
    const ways = weights.has('back_weight') ? ['', 'back_'] : [''];
    const scans = scansIn(output);
    if (weights.size !== 4 * ways.length || scans.length !== ways.length) return undefined;
    const [input, other = input] = ways.map((prefix, i) => scanOf(scans[i], weights, prefix));
    if (input === undefined || other !== input || input.shape.length !== 3) return undefined;
    const [units] = weights.get('recurrent_weight')!.shape;
    const last = output.shape.length === 2;
    const more = `${ways.length === 2 ? ', both=True' : ''}${last ? ', last=True' : ''}`;
    return { made: `${name}(${String(input.shape[1])}, ${String(units)}${more})`, input };
  };
