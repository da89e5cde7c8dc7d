/** What a call sees of the weights and buffers of its layer. In: the context and the network that is evaluated; out: nodes, and in the context's effects what moves. */
import { Mistake } from '../../grammar/diagnostics.ts';
import { Silence } from '../bind/dims.ts';
import type { WeightInfo } from '../bind/names.ts';
import { kinds } from '../errors.ts';
import { printShape, type Shape } from '../ir/dim.ts';
import type { Node } from '../ir/node.ts';
import type { Call, NetworkFileSource } from '../vocabulary/builtin.ts';
import type { Context, NetworkScope } from './context.ts';

type OfWeights = Pick<Call, 'trained' | 'weight' | 'buffer' | 'networkFile' | 'observe' | 'move'>;

/** What a layer says of a tensor of its own. */
type Own = Pick<WeightInfo, 'part' | 'role' | 'initial' | 'decay'> & { readonly shape: Shape };

export function callWeights(context: Context, owner: NetworkScope | null, layer: string): OfWeights {
  const state = (own: Own): Node => context.state(declare(context, owner, layer, own), owner!.averaged);
  const bufferName = (part: string): string => `${owner!.path}.${layer}.${part}`;
  // An average is moved by its own statement alone: what a call of it sees leaves nothing behind.
  const moves = owner !== null && !owner.averaged;
  return {
    trained: moves && context.trained.has(owner.name),
    weight: (part, shape, initial, { decay }) => state({ part, role: 'weight', shape, initial, decay }),
    buffer: (part, shape, initial) => state({ part, role: 'buffer', shape, initial, decay: false }),
    networkFile: (path) => networkFile(context, path),
    observe: (part, batch, rows) => {
      context.acrossRows.set(context.b.called(part, batch), 'a batch norm');
      if (!moves) return;
      const { observed } = context.effects;
      const list = observed.get(bufferName(part)) ?? [];
      if (!list.some((one) => one.batch === batch)) list.push({ batch, rows });
      observed.set(bufferName(part), list);
    },
    move: (part, next) => void context.effects.moved.set(bufferName(part), next),
  };
}

/** Files are read before anything is evaluated, so the path must be known by the text alone. */
function networkFile({ names }: Context, path: string): NetworkFileSource {
  const known = names.networkFiles.get(path);
  if (known === null) throw new Silence();
  if (known !== undefined) return { file: known.file, graph: known.found.graph };
  throw new Mistake(kinds.networkFile, {
    what: `\`${path}\` has not been read`,
    why: 'Which files a spec reads is known by its text, before any call is made.',
    hint: 'Write the path, or a param that is one, where `onnx` is called.',
  });
}

/** Registers the weight on first sight; its shape must be free of symbols. */
function declare(
  context: Context,
  owner: NetworkScope | null,
  layer: string,
  { shape, ...own }: Own,
): WeightInfo {
  if (owner === null) throw new Error(`\`${layer}\` owns weights and stands outside a network`);
  const name = `${owner.path}.${layer}.${own.part}`;
  const known = context.weights.get(owner.name)?.get(name);
  if (known !== undefined) return known;
  if (!shape.every((dim): dim is number => typeof dim === 'number')) {
    throw new Mistake(kinds.weightSize, {
      what: `the weights of \`${layer}\` would have the shape ${printShape(shape)}`,
      why: 'A weight has one size, whatever the length of what comes in.',
      hint: 'Reduce the length first, with `mean(over: time)` for example.',
    });
  }
  const info: WeightInfo = {
    name,
    network: owner.name,
    role: own.role,
    part: own.part,
    shape,
    initial: own.initial,
    decay: own.decay,
    layer,
  };
  context.declare(info);
  return info;
}
