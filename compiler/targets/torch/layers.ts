/**
 * Layers that are modules of PyTorch, or of ganc_torch. In: the call of a layer as the outline has it; out: the module that
 * means the same, what it is called with and how its weights lie; nothing where the library has none, or another meaning.
 */
import type { Node, Region } from '../../ir/node.ts';
import { spreadOf } from '../../ir/patterns.ts';
import { alike, even, outputPadding, paddings, windowArguments } from './linear.ts';
import { recurrentModule } from './recurrent.ts';
import type { Outline } from './rows.ts';

export interface LayerModule {
  /** How it is made: `nn.Linear(74, 512, bias=False)`. */
  readonly made: string;
  /** Weights that lie the other way round: [in, out] here, [out, in] there. */
  readonly turned: readonly string[];
}

export interface LayerCall extends LayerModule {
  readonly input: Node;
  /** By how much the input is `F.pad`ded first: PyTorch's own padding is alike at both ends. */
  readonly padded?: string;
  readonly output: Node;
}

/** The module that the call is one of; undefined if its code has to be written out. */
export function layerCall(
  outline: Outline,
  call: Region,
  isState: (node: Node) => boolean,
): LayerCall | undefined {
  if (call.kind !== 'layer' || call.path === null || !Object.hasOwn(makers, call.name)) return undefined;
  const gives = outline.gives(call);
  const reads = outline.reads(call);
  const inputs = reads.filter((node) => !isState(node));
  if (gives.length !== 1 || inputs.length !== 1) return undefined;
  const start = call.path.length + 1;
  const weights = new Map(
    reads.flatMap((node) =>
      node.op === 'input' && isState(node) ? [[node.attrs.name.slice(start), node] as const] : [],
    ),
  );
  const [output] = gives;
  const recurrent = Object.hasOwn(recurrentMakers, call.name);
  // Not every kernel of a recurrence has a derivative of its derivative.
  if (recurrent && outline.hasDerivatives) return undefined;
  const found = makers[call.name](output, weights);
  // What it reads may have been turned round for another layer, and come in as that.
  return found === undefined || !inputs.includes(found.input) ? undefined : { turned: [], ...found, output };
}

type Maker = (
  output: Node,
  weights: ReadonlyMap<string, Node>,
) => (Partial<LayerModule> & Pick<LayerCall, 'made' | 'input' | 'padded'>) | undefined;

/** x and whether the weight named `bias` is added to it. */
function unbiased(output: Node, bias: Node | undefined): { made: Node; biased: boolean } {
  if (bias === undefined || output.op !== 'add') return { made: output, biased: false };
  const [made, added] = output.inputs;
  return spreadOf(added) === bias ? { made, biased: true } : { made: output, biased: false };
}

const withBias = (biased: boolean): string => (biased ? '' : ', bias=False');

const dense: Maker = (output, weights) => {
  const { made, biased } = unbiased(output, weights.get('bias'));
  const weight = weights.get('weight');
  const [input, right] = made.inputs;
  if (made.op !== 'matmul' || right !== weight || weights.size !== (biased ? 2 : 1)) return undefined;
  const [inside, units] = weight.shape;
  return {
    made: `nn.Linear(${String(inside)}, ${String(units)}${withBias(biased)})`,
    input,
    turned: ['weight'],
  };
};

const conv: Maker = (output, weights) =>
  convolution(output, weights, 'conv', (weight, groups) => [
    groups * Number(weight.shape[1]),
    weight.shape[0],
  ]);
const convTranspose: Maker = (output, weights) =>
  convolution(output, weights, 'conv_input_grad', (weight, groups) => [
    weight.shape[0],
    groups * Number(weight.shape[1]),
  ]);

function convolution(
  output: Node,
  weights: ReadonlyMap<string, Node>,
  op: 'conv' | 'conv_input_grad',
  channels: (weight: Node, groups: number) => readonly unknown[],
): ReturnType<Maker> {
  const { made, biased } = unbiased(output, weights.get('bias'));
  const weight = weights.get('weight');
  if (
    (made.op !== 'conv' && made.op !== 'conv_input_grad') ||
    made.op !== op ||
    made.inputs[1] !== weight ||
    weights.size !== (biased ? 2 : 1)
  )
    return undefined;
  const windows = made.attrs;
  const extra = made.op === 'conv' ? [] : outputPadding(made);
  const isEven = even(windows);
  if (extra === null || (op === 'conv_input_grad' && !isEven)) return undefined;
  const kernel = alike(weight.shape.slice(2).map(Number));
  const more = extra.every((n) => n === 0) ? '' : `, output_padding=${alike(extra)}`;
  const name = `nn.Conv${op === 'conv' ? '' : 'Transpose'}${weight.shape.length - 2}d`;
  return {
    made: `${name}(${channels(weight, windows.groups ?? 1).join(', ')}, ${kernel}${windowArguments(windows, isEven)}${more}${withBias(biased)})`,
    input: made.inputs[0],
    ...(isEven ? {} : { padded: `(${paddings(windows)})` }),
  };
}

/** By the batch or by running statistics, as the module is told: the compiler's two forms are one module. */
const batchNorm: Maker = (output, weights) => {
  const gain = weights.get('gain');
  const [channels] = [output.shape[1]];
  const input = normalisedBy(output);
  if (input === undefined) return undefined;
  return { made: `BatchNorm(${String(channels)}${gain === undefined ? ', affine=False' : ''})`, input };
};

/** What is normalised: the one operand of all that doesn't come of statistics or weights. */
function normalisedBy(output: Node): Node | undefined {
  const product = output.op === 'add' ? output.inputs[0] : output;
  if (product.op !== 'mul') return undefined;
  const [x] = product.inputs;
  const centred = x.op === 'sub' && x.region === output.region && spreadOf(x.inputs[1]).op === 'div';
  return centred ? x.inputs[0] : x;
}

/** Each row by its own moments: of each channel over places, or of all its numbers. */
const rowNorm =
  (name: string): Maker =>
  (output, weights) => {
    const normal = weights.has('gain') ? output.inputs[0].inputs[0] : output;
    const [centred] = normal?.inputs ?? [];
    if (centred?.op !== 'sub' || centred.region !== output.region) return undefined;
    const affine = weights.has('gain') ? '' : ', affine=False';
    return { made: `${name}(${String(output.shape[1])}${affine})`, input: centred.inputs[0] };
  };

const recurrentMakers = {
  rnn: recurrentModule('RNN'),
  gru: recurrentModule('GRU'),
  lstm: recurrentModule('LSTM'),
};

const makers: Readonly<Record<string, Maker>> = {
  ...{ dense, conv, conv_transpose: convTranspose, batch_norm: batchNorm },
  ...{ instance_norm: rowNorm('InstanceNorm'), layer_norm: rowNorm('LayerNorm') },
  ...recurrentMakers,
};
